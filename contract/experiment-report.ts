import { z } from 'zod';
import { SLICES } from './case.ts';
import { ARMS, Experiment, GRADES } from './experiment.ts';

/** A share with its 95 % interval (Wilson). */
const share = z.object({ hits: z.int(), of: z.int(), low: z.number(), high: z.number() });

/** What one arm's runs came to. Money is micro-USD, times are milliseconds. */
const ArmReport = z.object({
  arm: z.enum(ARMS),
  harness: z.string(),
  /** Runs that are graded, and those of them of which nobody knows. */
  graded: z.int(),
  missing: z.int(),
  /** Right and accepted. */
  passed: share,
  asked: share,
  costMicroUsd: z.number(),
  medianCostMicroUsd: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  attempts: z.number(),
});
/** What one arm's runs came to. */
export type ArmReport = z.infer<typeof ArmReport>;

/** What is known of an experiment, worked out from its grades. */
export const ExperimentReport = z.object({
  experiment: Experiment,
  arms: z.array(ArmReport),
  slices: z.array(z.object({ slice: z.enum(SLICES), arm: z.enum(ARMS), passed: share })),
  /** How often each criterion was met. */
  criteria: z.array(z.object({ name: z.string(), arm: z.enum(ARMS), met: share, other: z.int() })),
  /** Of two arms: how many cases the second fixes and breaks as far as its kind of change is concerned, and the evidence (E) for better and for worse. */
  against: z.object({ fixes: z.int(), breaks: z.int(), better: z.number(), worse: z.number() }).optional(),
  /** Every break, then what else did not pass. */
  shown: z.array(
    z.object({
      caseId: z.string(),
      slice: z.enum(SLICES),
      baseline: z.enum(GRADES).optional(),
      candidate: z.enum(GRADES).optional(),
      change: z.enum(['fix', 'break']).optional(),
      because: z.string(),
      runKey: z.string().optional(),
    }),
  ),
  /** How many more there are than are shown. */
  more: z.int(),
});
/** What is known of an experiment, worked out from its grades. */
export type ExperimentReport = z.infer<typeof ExperimentReport>;

/** Which experiments to list, newest first. */
export const ExperimentQuery = z.strictObject({
  loop: z.string().optional(),
  limit: z.int().min(1).max(200),
});
/** Which experiments to list, newest first. */
export type ExperimentQuery = z.infer<typeof ExperimentQuery>;

/** The version that new runs of a loop take, and the newest eval of it that has ended. */
export const Baseline = z.object({ version: z.string(), baseline: Experiment.optional() });
/** The version that new runs of a loop take, and the newest eval of it that has ended. */
export type Baseline = z.infer<typeof Baseline>;
