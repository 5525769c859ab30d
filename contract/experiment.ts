import { z } from 'zod';
import { SLICES } from './case.ts';
import { CHANGE_KINDS } from './candidate.ts';
import { OUTCOMES } from './outcomes.ts';

/** `eval`: how good a version is. `trial`: whether a candidate is better. `watch`: whether what was promoted does harm. `ablation`: whether a lesson helps. */
export const EXPERIMENT_KINDS = ['eval', 'trial', 'watch', 'ablation'] as const;

/** The sides of an experiment. One of an eval without `--against` has the candidate's alone. */
export const ARMS = ['baseline', 'candidate'] as const;

/** A side of an experiment. */
export type Arm = (typeof ARMS)[number];

/** `pass`: the answer is the right one. `error`: nobody knows, because something broke. `inconclusive`: nothing says what is right. */
export const GRADES = ['pass', 'fail', 'error', 'inconclusive'] as const;

/** What a case's run came to in one arm. */
export const Grade = z.object({
  experiment: z.string(),
  arm: z.enum(ARMS),
  caseId: z.string(),
  /** Place in the order that was drawn before the experiment began. */
  seq: z.int(),
  slice: z.enum(SLICES),
  related: z.string(),
  verdict: z.enum(GRADES),
  /** Whether a person would have been asked. */
  asked: z.boolean(),
  /** Whether nothing would have been done without a person: asked, or not accepted by the verifiers. */
  held: z.boolean(),
  outcome: z.enum(OUTCOMES).optional(),
  /** Why it is graded so, in words. */
  because: z.string(),
  criteria: z.array(z.object({ name: z.string(), verdict: z.enum(GRADES) })),
  attempts: z.int(),
  costMicroUsd: z.number(),
  tookMs: z.number(),
  runKey: z.string().optional(),
  at: z.number(),
});
/** What a case's run came to in one arm. */
export type Grade = z.infer<typeof Grade>;

/** How an experiment stands, or ended. Only `proven` is good news, and it needs evidence: nothing found is `inconclusive`. */
export const STANDINGS = ['collecting', 'proven', 'refuted', 'inconclusive'] as const;

/** How an experiment stands, or ended. */
export type Standing = (typeof STANDINGS)[number];

/** Whether cases are run, or waited for, or neither. */
export const EXPERIMENT_STATES = ['running', 'parked', 'closed'] as const;

/** An experiment as it is kept. Its grades are kept one by one. */
export const Experiment = z.object({
  id: z.string(),
  loop: z.string(),
  kind: z.enum(EXPERIMENT_KINDS),
  /** Harness versions of the arms. */
  baseline: z.string().optional(),
  candidate: z.string(),
  /** What the candidate changes; absent where no change is on trial. */
  change: z.enum(CHANGE_KINDS).optional(),
  widens: z.boolean(),
  cluster: z.string().optional(),
  /** Lessons are read up to this id, by both arms; those of a case end before its own. */
  watermark: z.int(),
  /** Fixes the order of cases. */
  seed: z.int(),
  /** Most that all its runs together may cost, in micro-USD. */
  budgetMicroUsd: z.number(),
  /** Of an eval: an earlier one that it is held against, case by case. Those runs are of another day, and perhaps of other code. */
  earlier: z.string().optional(),
  /** Of an eval: most cases; all by default. */
  most: z.int().optional(),
  /** Of an eval: share that has to pass; of the trial of what lets answers through: share of them that has to be right. */
  atLeast: z.number().optional(),
  workflowId: z.string(),
  state: z.enum(EXPERIMENT_STATES),
  standing: z.enum(STANDINGS),
  /** Why it stands so, in words. */
  because: z.string(),
  openedAt: z.number(),
  closedAt: z.number().optional(),
});
/** An experiment as it is kept. */
export type Experiment = z.infer<typeof Experiment>;
