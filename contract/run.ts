import { z } from 'zod';
import type { AutonomyLevel } from './autonomy.ts';
import type { Digest, SearchAttribute, Timestamp } from './names.ts';

/** Most loops that may start each other in a row. */
export const MOST_IN_A_CHAIN = 5;

/** Kinds of things that start runs. */
export const TRIGGERS = ['manual', 'schedule', 'webhook', 'ci', 'loop', 'finder', 'eval'] as const;

/** What started a run. */
export const Trigger = z.strictObject({
  kind: z.enum(TRIGGERS).describe('What kind of thing started it.'),
  source: z.string().max(200).optional().describe('Which one: the id of a schedule, a webhook, a run.'),
  by: z.string().max(200).optional().describe('Who started it.'),
  depth: z
    .int()
    .min(2)
    .max(MOST_IN_A_CHAIN)
    .optional()
    .describe('Where loops start each other: which one of the chain this is. The first has none.'),
});
/** What started a run. */
export type Trigger = z.infer<typeof Trigger>;

/** The second, optional argument of a run. Options only narrow: they never raise a limit. */
export const RunOptions = z.strictObject({
  requestedBy: z.string().max(200).optional().describe('Who wants it; on record as who triggered it.'),
  budgetUsd: z.number().min(0).optional().describe("Lowers the run's budget, in USD."),
  harness: z
    .string()
    .regex(/^v[1-9]\d*$/, 'expected a version such as "v3"')
    .optional()
    .describe('Harness version such as `v3`; one that was never promoted implies `dryRun`.'),
  dryRun: z.boolean().optional().describe('Everything but the effects.'),
  lessonsUpTo: z
    .int()
    .min(0)
    .optional()
    .describe('Lessons are read up to this id only, as a run of an earlier day would have; it implies `dryRun`.'),
  withoutLessons: z
    .array(z.int().min(1))
    .max(1000)
    .optional()
    .describe('Ids of lessons that the run is not to know, to see what they are worth; it implies `dryRun`.'),
  rerun: z.boolean().optional().describe('Do work again that is done already.'),
  trigger: Trigger.optional().describe('What started it, where the starter knows better.'),
});
/** The second, optional argument of a run. */
export type RunOptions = z.infer<typeof RunOptions>;

/** How the activities of a stage are run: short ones local (one event), model calls and slow sources regular. */
export interface StagePlan {
  readonly fetch: 'local' | 'regular';
  readonly generate: 'local' | 'regular';
  readonly evaluate: 'local' | 'regular';
}

/** How judges weigh in a run, where not as its loop says. */
export interface JudgesInRun {
  /** Judges, as `<stage>/<judge>`, whose no is an opinion, because they were found wanting. */
  readonly advisory: readonly string[];
  /** People look at this share of the work: the no of every judge is an opinion, and each is asked about a trap. */
  readonly audited?: true;
}

/** What is pinned for the whole run, so that any run can be replayed on what it knew. Activities look it up by the run's key. */
export interface PinnedRun {
  /** Identity of the run in the store: survives resets and continue-as-new. */
  readonly runKey: string;
  readonly loop: string;
  /** Identity of the work: effects are done once for it. */
  readonly workKey: string;
  readonly input: Digest;
  /** Harness version, e.g. `v1`. */
  readonly harness: string;
  /** Lessons are read up to this id. */
  readonly watermark: number;
  /** Digest of the pinned price table. */
  readonly prices: Digest;
  readonly budgetMicroUsd: number;
  readonly dryRun: boolean;
  /** End of the period that a scheduled run reports on; its start when it was not scheduled. */
  readonly asOf: Timestamp;
  /** Lessons that it does not know, to see what they are worth. */
  readonly withoutLessons?: readonly number[];
  /** Whose money it spends, where the loop says so. */
  readonly tenant?: string;
  readonly judges?: JudgesInRun;
  /** How much it does by itself, where the record grants that: what the harness allows, and no more than was granted when it opened. */
  readonly autonomy?: AutonomyLevel;
}

/** What a stage may try before it stops, and what its loop's history says of its attempts where a result has a worth. */
export interface StopPlan {
  readonly strategies: readonly ('route' | 'context' | 'temperature')[];
  readonly worthMicroUsd?: number;
  readonly history?: {
    readonly odds: readonly { readonly tried: number; readonly passed: number }[];
    readonly attemptMicroUsd: number;
  };
}

/** What `openRun` plans: stages, gates and limits as data, because workflows hold no loop's code. */
export interface RunPlan {
  readonly run: PinnedRun;
  readonly stages: Readonly<Record<string, StagePlan>>;
  readonly effects: readonly string[];
  readonly attempts: number;
  readonly deadlineMs: number;
  readonly remindAfterMs: number;
  readonly expiresAfterMs: number;
  /** Who may decide; `*` is everybody. */
  readonly approvers: readonly string[];
  readonly attributes: readonly SearchAttribute[];
  /** How to reach the cluster, as CLI flags, for the commands that the run shows. Empty for the default address. */
  readonly connection: string;
  /** Continue as new after this many events. */
  readonly maxEvents: number;
  /** A decision goes on record along with the step that follows it. Runs that were opened before this was so have a step for it. */
  readonly decisionsAlong?: true;
  /** How the stages know that they get nowhere. Runs that were opened before there were rules have none. */
  readonly stops?: Readonly<Record<string, StopPlan>>;
  /** What a run does at a cap. Runs that were opened before there was a choice stop. */
  readonly onCap?: 'stop' | 'degrade' | 'ask';
  /** A stop aborts a model call in flight. Runs that were opened before this was so finish the step first. */
  readonly stopsAbort?: true;
  /** The message that stops a run aborts the call itself. Runs that were opened before this was so have a watch for each step. */
  readonly stopsAtOnce?: true;
  /** A verifier that breaks has a regular step, and is waited for. Runs that were opened before this was so give up sooner. */
  readonly patientVerifiers?: true;
  /** Messages that are too large are refused. Runs that were opened before this was so take them. */
  readonly boundedMessages?: true;
  /** Its result goes without its output, which is in the store: it is one of many runs of an experiment. */
  readonly brief?: true;
  /** Money is raised by signed messages only. */
  readonly signedRaises?: true;
  /** A gate's timer is kept for the next one. Runs that were opened before this was so cancel each. */
  readonly alarms?: true;
}

/** A stage's context that was gathered when the run opened. */
export interface FirstContext {
  readonly stage: string;
  /** Digest of its manifest. */
  readonly manifest: Digest;
}

/** What `openRun` answers: a plan, or that there is nothing to do. */
export type Opened =
  | { readonly kind: 'opened'; readonly plan: RunPlan; readonly context?: FirstContext }
  | {
      readonly kind: 'noWork';
      readonly why: 'alreadyDone' | 'inProgress';
      readonly duplicateOf: string;
      readonly harness: string;
      readonly attributes: readonly SearchAttribute[];
      readonly output?: unknown;
      readonly artefact?: Digest;
    };

/** A verified artefact as workflow code holds it. A gate's edit replaces what it stands for, in place. */
export interface Draft<T = unknown> {
  stage: string;
  artefact: Digest;
  /** The output itself, where it is at most 8 KiB of JSON. */
  output?: T;
  /** Why there is nothing to do about it, where there is nothing. */
  nothing?: string;
}
