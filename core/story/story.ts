import type { ManifestPart } from '../../contract/context.ts';
import type { Status } from '../../contract/messages.ts';
import type { Timestamp } from '../../contract/names.ts';
import type { RunSummary } from '../../contract/record.ts';
import type { RunRecord } from '../../contract/run-record.ts';
import type { Trigger } from '../../contract/run.ts';
import type { Criterion, NotAsked, Verdict } from '../../contract/verdict.ts';

/** What Temporal knows of a run. */
export type TemporalFacts =
  | {
      readonly kind: 'known';
      /** Temporal's own word: `RUNNING`, `COMPLETED`, `FAILED`, … */
      readonly status: string;
      readonly workflowId: string;
      readonly loop: string;
      readonly runId: string;
      readonly firstRunId: string;
      readonly startedAt: Timestamp;
      readonly closedAt?: Timestamp;
      /** JSON of the input, where it can be read. */
      readonly input?: string;
      /** Who or what started it, as far as its options say. */
      readonly trigger?: Trigger;
      /** Why it FAILED, by failure type. */
      readonly failure?: { readonly type: string; readonly message: string };
      /** What the run itself answered; absent where it is closed or no worker answered. */
      readonly live?: Status;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreachable'; readonly why: string };

/** One thing that happened in a run. Times are milliseconds since 1970, money is micro-USD. */
export type StoryEvent =
  | {
      readonly kind: 'context';
      readonly at: Timestamp;
      readonly stage: string;
      readonly tokens: number;
      readonly budgetTokens: number;
      readonly parts: readonly ManifestPart[];
      readonly dropped: readonly { readonly source: string; readonly tokens: number; readonly why: string }[];
    }
  | {
      readonly kind: 'attempt';
      readonly at: Timestamp;
      readonly stage: string;
      readonly attempt: number;
      readonly author: string;
      readonly artefact: string;
      /** What was made; absent where it has expired. */
      readonly output?: string | undefined;
      /** In what other way it was made, and why, where its stage got nowhere before. */
      readonly changed?: { readonly strategy: string; readonly because: string };
      /** Free first tiers that were not sure enough. */
      readonly passedOver?: NonNullable<RunRecord['attempts'][number]['passedOver']>;
      /** Absent where nobody has verified it (yet). */
      readonly verdict?: Verdict['verdict'];
      readonly criteria: readonly Criterion[];
      readonly notAsked: readonly NotAsked[];
    }
  | {
      readonly kind: 'edit';
      readonly at: Timestamp;
      readonly stage: string;
      readonly artefact: string;
      readonly verdict: Verdict['verdict'];
      readonly criteria: readonly Criterion[];
      readonly notAsked: readonly NotAsked[];
    }
  | {
      readonly kind: 'gate';
      readonly at: Timestamp;
      readonly gate: string;
      /** From 1: an edit or another attempt puts another version before the human. */
      readonly version: number;
      readonly digest: string;
      readonly artefact: string;
      readonly because: string;
      readonly audit: boolean;
    }
  | ({
      readonly kind: 'decision';
      /** Verifiers whose opinion the approval overruled. */
      readonly overruled: readonly string[];
      /** How many had approved with it, of how many who have to, where that is more than one. */
      readonly have?: number;
      readonly need?: number;
    } & RunRecord['decisions'][number])
  /** A person added to a cap that the run waited at. */
  | ({ readonly kind: 'raise' } & RunRecord['raises'][number])
  | {
      readonly kind: 'effect';
      readonly at: Timestamp;
      readonly name: string;
      readonly key: string;
      readonly artefact: string;
      readonly state: 'begun' | 'done';
      readonly doneAt?: Timestamp | undefined;
      readonly result?: string | undefined;
      /** True where an earlier run of the same work did it. */
      readonly earlier: boolean;
    };

/** How a run began. */
export interface Beginning {
  readonly at: Timestamp;
  readonly trigger?: Trigger;
  readonly input?: string;
  readonly workKey?: string;
  readonly harness?: string;
  readonly budgetMicroUsd?: number;
  readonly watermark?: number;
  readonly dryRun: boolean;
}

/** What a run cost. `uncertain` are calls that nobody knows the price of: they are booked at their worst case. */
export interface Cost {
  readonly microUsd: number;
  readonly budgetMicroUsd: number;
  readonly calls: RunRecord['calls'];
  readonly uncertain: number;
}

/** How a run ended, or where it stands. */
export type Ending =
  | {
      readonly kind: 'closed';
      readonly outcome: string;
      readonly reason: string;
      readonly at: Timestamp;
      readonly duplicateOf?: string;
      /** Temporal's view where it differs from "completed": `FAILED`, `TERMINATED`, … */
      readonly temporal?: string;
    }
  /** It failed before it could be opened: the loop or its input was not as it has to be. */
  | { readonly kind: 'failed'; readonly type: string; readonly message: string; readonly at?: Timestamp }
  | { readonly kind: 'waiting'; readonly because: string; readonly live?: Status }
  /** It waits at a budget. */
  | { readonly kind: 'short'; readonly live?: Status }
  | { readonly kind: 'running'; readonly live?: Status }
  /** Not closed on record, and Temporal cannot be asked or has forgotten it. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** Ended from outside before it was opened: `TERMINATED`, `TIMED_OUT`, `CANCELED`. */
  | { readonly kind: 'gone'; readonly status: string; readonly at?: Timestamp };

/** The story of a run, as data. */
export interface Story {
  readonly workflowId: string;
  readonly loop: string;
  /** Identity in the record; absent where the run never got there. */
  readonly runKey?: string;
  readonly firstRunId: string;
  /** What whoever reads it should know about it: who could not be asked, what is left out. */
  readonly notes: readonly string[];
  readonly began: Beginning;
  /** In the order of the run's life. */
  readonly events: readonly StoryEvent[];
  readonly cost?: Cost;
  readonly lessons: RunRecord['lessons'];
  readonly ended: Ending;
  /** Other runs under this workflow id, newest first. */
  readonly others: readonly RunSummary[];
}
