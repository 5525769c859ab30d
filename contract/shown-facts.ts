import type { ApprovalState } from './approvals.ts';
import type { JudgeRecord } from './judges.ts';
import type { ReviewAnswer } from './review-answer.ts';
import type { NamedRun } from './loop-evidence.ts';
import type { Timestamp } from './names.ts';
import type { Outcome } from './outcomes.ts';
import type { Trigger } from './run.ts';
import type { Criterion } from './verdict.ts';

/** What is on record about the newest closed runs of a loop, newest first. Runs of cases and duplicates are not among them. */
export interface ShownFacts {
  readonly runs: readonly RunFacts[];
  readonly verdicts: readonly VerdictFacts[];
  readonly gates: readonly GateFacts[];
  readonly contexts: readonly ContextFacts[];
  readonly clusters: readonly ClusterFacts[];
  /** The newest standing of each judge that has one. */
  readonly judges: readonly Pick<JudgeRecord, 'stage' | 'judge' | 'standing' | 'because'>[];
  /** Effects of closed runs that were begun, and nobody knows how they went. */
  readonly uncertain: readonly (NamedRun & { readonly effect: string })[];
  /** Whether it ever started a loop: then what it makes are runs, and their loops have reviews of their own. */
  readonly startsLoops: boolean;
  /** What people said of the loop where nothing can be measured. */
  readonly answers: readonly ReviewAnswer[];
  readonly now: Timestamp;
}

/** A closed run. */
export interface RunFacts extends NamedRun {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly trigger: Trigger;
  /** The most that it could spend, and what it spent, in micro-USD. */
  readonly budgetMicroUsd: number;
  readonly costMicroUsd: number;
}

/** What the verifiers found about an artefact, and what a person said of it, where one did. */
export interface VerdictFacts extends NamedRun {
  readonly stage: string;
  readonly verdict: Criterion['verdict'];
  readonly criteria: readonly Pick<Criterion, 'name' | 'verdict'>[];
  /** `yes`: approved as it was. `no`: rejected, replaced, or sent back. */
  readonly person?: 'yes' | 'no';
}

/** The first version of a gate, and what became of it. */
export interface GateFacts extends NamedRun {
  readonly gate: string;
  /** It could have been acted on alone: an audit drew it. */
  readonly audit: boolean;
  readonly state: ApprovalState;
  /** From opening to its end, in milliseconds. */
  readonly waitedMs: number;
}

/** What a stage was given. */
export interface ContextFacts extends NamedRun {
  /** Sources with at least one part in it; those that were left out for want of room, and those that had nothing. */
  readonly given: readonly string[];
  readonly dropped: readonly string[];
  readonly silent: readonly string[];
}

/** Failures of one kind, and whether anything was ever done about them. */
export interface ClusterFacts {
  /** Fingerprint of the failures. */
  readonly cluster: string;
  readonly failures: number;
  readonly oldestAt: Timestamp;
  readonly newestAt: Timestamp;
  /** Whether a change was ever proposed for it. */
  readonly proposed: boolean;
  /** Newest first. */
  readonly runs: readonly NamedRun[];
}
