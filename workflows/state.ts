import { ApplicationFailure } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { startClock, type WorkClock } from '../core/clock.ts';
import type { Gate } from '../core/gates.ts';
import { freshStage, type StageProgress } from '../core/stage.ts';
import type { Ending } from '../core/endings.ts';
import type { RaiseBudgetArgument } from '../contract/messages.ts';
import type { Digest, LoopState } from '../contract/names.ts';
import type { Draft, RunPlan } from '../contract/run.ts';
import type { Evaluation } from '../activities/evaluate.ts';
import type { Short } from '../activities/budgets.ts';
import type { Decided, RecordRefusalInput } from '../activities/gates.ts';

/** A stage that has begun: what continue-as-new has to know to go on in the middle of it. */
export interface StageRecord {
  readonly progress: StageProgress;
  readonly earlier: Readonly<Record<string, Digest>>;
  readonly context?: Digest;
  /** What the run had cost when the stage began, in micro-USD. */
  readonly costBefore?: number;
  /** Set when the stage is done. */
  readonly draft?: Draft;
}

/** Where a run waits for a human. */
export interface Parked {
  /** Step id of the block that asked. */
  readonly step: string;
  readonly gate: string;
  /** What the human sees now; an edit changes it in place. */
  readonly draft: Draft;
  /** What the human was shown first. */
  readonly first: Digest;
}

/** What came to a gate and did not settle it. */
export type Aside =
  | { readonly kind: 'counted'; readonly decided: Decided }
  | { readonly kind: 'refused'; readonly refused: Omit<RecordRefusalInput, 'run'> };

/** A budget that refused, and until when a run waits for more. */
export interface WaitingForMoney extends Short {
  readonly since: number;
  readonly expiresAt: number;
}

/** Everything a run knows. Counters live here and nowhere else; continue-as-new carries all of it. */
export interface RunState {
  /** Identity of the run in the store. */
  readonly runKey: string;
  /** First run id of the chain that this state belongs to; nobody knows it before the chain has started. */
  readonly chain: string;
  plan: RunPlan | undefined;
  clock: WorkClock;
  phase: 'running' | 'awaitingDecision' | 'awaitingBudget' | 'closed';
  /** What the search attributes say; it may lag behind `phase` until the next step, which saves an event. */
  shown: LoopState | undefined;
  parked: Parked | undefined;
  /** By step id, `<stage>#<n>`. */
  readonly stages: Record<string, StageRecord>;
  /** Step ids of gates and effects that are behind the run. */
  readonly done: Record<string, true>;
  gates: Gate[];
  /** Where the newest attempt is, for `status`. */
  stage: string | undefined;
  /** What the approval rule said, by artefact. */
  readonly approvals: Record<Digest, Evaluation['approval']>;
  /** Artefacts that a human approved in this run. */
  readonly approved: Record<Digest, true>;
  /** Dry runs: why a human would have been asked, the first time. */
  wouldAsk: string | undefined;
  /** Dry runs: effects that were left out. */
  wouldAct?: string[];
  best: Digest | undefined;
  attempts: number;
  costMicroUsd: number;
  /** A decision that the next step puts on record. */
  decided: Decided | undefined;
  /** What came to a gate, did not settle it, and has to go on record. */
  aside?: readonly Aside[];
  /** How many signatures are verified now. */
  unproven?: number;
  /** The run is about to continue as new, and verifies no more. */
  leaving?: boolean;
  /** How many refused decisions went on record. */
  refusalsRecorded?: number;
  /** The budget that the run waits at. */
  short?: WaitingForMoney | undefined;
  /** Raises that came for it, by the ids of their updates. */
  raises?: readonly (Omit<RaiseBudgetArgument, 'signature'> & { readonly id: string; readonly identity?: 'signed' })[];
  /** Whether some of them ended the last wait. */
  raised?: boolean;
  stop: { readonly by: string; readonly reason: string } | undefined;
  refusedCount: number;
  /** Newest first, at most five. */
  refused: string[];
  ending: Ending | undefined;
}

/** The state of a run that starts, or goes on after continue-as-new. What a starter passes as `carried` is not believed. */
export function initialState(carried: unknown, now: number): RunState {
  const info = workflowInfo();
  const chain = info.firstExecutionRunId;
  if ((carried as Partial<RunState> | null | undefined)?.chain === chain)
    return { ...(carried as RunState), unproven: 0, leaving: false };
  return {
    runKey: info.originalExecutionRunId,
    chain,
    plan: undefined,
    clock: startClock(now),
    phase: 'running',
    shown: shownAtStart(),
    parked: undefined,
    stages: {},
    done: {},
    gates: [],
    stage: undefined,
    approvals: {},
    approved: {},
    wouldAsk: undefined,
    best: undefined,
    attempts: 0,
    costMicroUsd: 0,
    decided: undefined,
    stop: undefined,
    refusedCount: 0,
    refused: [],
    ending: undefined,
  };
}

/** Our client starts runs with their first state shown. */
function shownAtStart(): LoopState | undefined {
  return workflowInfo().searchAttributes['LoopState']?.[0] === 'running' ? 'running' : undefined;
}

/** A stage before its first attempt. */
export function newStage(earlier: Readonly<Record<string, Digest>>): StageRecord {
  return { progress: freshStage, earlier };
}

/** Longest line of `refused`: what it quotes was sent by anybody, and continue-as-new carries it. */
const REFUSED_CHARACTERS = 500;

/** Counts a message that the run did not obey, and keeps why. */
export function refuse(state: RunState, message: string, why: string): void {
  const line = `${message}: ${why}`.slice(0, REFUSED_CHARACTERS).replaceAll(/\s+/g, ' ');
  state.refusedCount += 1;
  state.refused = [line, ...state.refused].slice(0, 5);
}

/** Longest reason that an update's sender hears, in characters: it may quote what they sent, and has to fit into the task's answer. */
const LONGEST_WHY = 2000;

/** Why an update does not count: its sender hears it, and no run minds. */
export function refusedUpdate(type: 'DecisionRefused' | 'RaiseRefused', why: string, ...said: object[]): Error {
  return ApplicationFailure.nonRetryable(why.slice(0, LONGEST_WHY), type, ...said);
}

/** What was pinned when the run opened. */
export function planOf(state: RunState): RunPlan {
  if (state.plan === undefined) throw ApplicationFailure.nonRetryable('The run is not open yet.', 'Unexpected');
  return state.plan;
}
