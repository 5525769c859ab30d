import { activityInfo } from '@temporalio/activity';
import { FAILURES, type FailureType } from '../contract/failures.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { ModelEndpoint, ModelReply, ModelRequest } from './models/port.ts';

/** Steps of a run, as they are seen from outside. */
export type StepName =
  | 'openRun'
  | 'fetchContext'
  | 'generate'
  | 'evaluate'
  | 'openGate'
  | 'verifyDecision'
  | 'recordRefusal'
  | 'recordDecision'
  | 'awaitBudget'
  | 'endBudgetWait'
  | 'raiseBudget'
  | 'act'
  | 'recordLesson'
  | 'propose'
  | 'openTrial'
  | 'openWatch'
  | 'settleCandidate';

/** Whose step it is. */
export interface RunSeen {
  readonly loop: string;
  readonly runKey: string;
}

/** Where a run is in Temporal. */
export interface ExecutionSeen {
  readonly workflowId: string;
  readonly runId: string;
  /** Which try of the activity this is, from 1. */
  readonly activityAttempt: number;
}

/** A try of a step. It holds names and numbers, never content. */
export interface StepSeen extends RunSeen, ExecutionSeen {
  readonly step: StepName;
  readonly stage?: string;
  readonly attempt?: number;
  readonly gate?: string;
  readonly effect?: string;
}

/** A paid call to a model. Request and reply are content: only who was asked to shows them. */
export interface CallSeen extends RunSeen, ExecutionSeen {
  readonly stage: string;
  readonly attempt: number;
  /** `generate`, `judge/…`, `panel/…`: what it is for. */
  readonly call: string;
  readonly endpoint: ModelEndpoint;
  readonly request: ModelRequest;
}

/** What a call came to. */
export interface CallDone {
  readonly reply: ModelReply;
  /** What was booked; undefined where nobody knows, and the worst case is. */
  readonly microUsd: number | undefined;
}

/** Something that happened, and was not going on. */
export type EventSeen = RunSeen &
  (
    | { readonly kind: 'verified'; readonly stage: string; readonly verdict: Verdict }
    | { readonly kind: 'gateOpened'; readonly gate: string; readonly at: Timestamp; readonly audit: boolean }
    | {
        readonly kind: 'gateDecided';
        readonly gate: string;
        readonly decision: 'approve' | 'reject' | 'revise' | 'expire';
        readonly openedAt: Timestamp;
        readonly at: Timestamp;
        /** What the verifiers had said of what was decided. */
        readonly verdict: Verdict['verdict'] | undefined;
      }
    | {
        readonly kind: 'runClosed';
        readonly outcome: Outcome;
        readonly openedAt: Timestamp;
        readonly at: Timestamp;
        readonly attempts: number;
        readonly costMicroUsd: number;
      }
  );

/** Who watches runs. It never fails a step, and keeps none waiting. */
export interface Telemetry {
  step<T>(step: StepSeen, work: () => Promise<T>): Promise<T>;
  call(call: CallSeen, work: () => Promise<CallDone>): Promise<CallDone>;
  event(event: EventSeen): void;
}

/** Nobody watches. */
export const unseen: Telemetry = {
  step: (_step, work) => work(),
  call: (_call, work) => work(),
  event: () => {},
};

/** Several that watch. */
export function seenBy([first, ...others]: readonly Telemetry[]): Telemetry {
  if (first === undefined) return unseen;
  if (others.length === 0) return first;
  const rest = seenBy(others);
  return {
    step: (step, work) => first.step(step, () => rest.step(step, work)),
    call: (call, work) => first.call(call, () => rest.call(call, work)),
    event(event) {
      first.event(event);
      rest.event(event);
    },
  };
}

/** Where the activity at work is in Temporal. */
export function executionSeen(): ExecutionSeen {
  const { workflowExecution, attempt } = activityInfo();
  return {
    workflowId: workflowExecution?.workflowId ?? '',
    runId: workflowExecution?.runId ?? '',
    activityAttempt: attempt,
  };
}

/** The step that the activity at work makes, from its input. */
export function stepSeen(step: StepName, run: RunSeen, input: object): StepSeen {
  const { stage, attempt, gate, effect } = input as Partial<StepSeen>;
  return {
    step,
    loop: run.loop,
    runKey: run.runKey,
    ...executionSeen(),
    ...(stage === undefined ? {} : { stage }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(gate === undefined ? {} : { gate }),
    ...(effect === undefined ? {} : { effect }),
  };
}

/** Type of what a step or a call failed with: one of our table, `Cancelled`, or `Unexpected`. Never its words, nor names that a loop made up. */
export function failureType(error: unknown): FailureType | 'Cancelled' {
  const { type, name } = error as { type?: string; name?: string };
  if (type !== undefined && Object.hasOwn(FAILURES, type)) return type as FailureType;
  return name === 'CancelledFailure' || name === 'AbortError' ? 'Cancelled' : 'Unexpected';
}
