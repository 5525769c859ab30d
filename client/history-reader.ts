import type { Client } from '@temporalio/client';
import type { Closing, RunEvent } from '../contract/run-event.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { ReadPayload } from './payloads.ts';

type Page = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;

/** An event of a history, as the server gives it. */
export type HistoryEvent = NonNullable<NonNullable<NonNullable<Page['history']>['events']>[number]>;

/** A step that has been scheduled. */
interface Step {
  readonly type: string;
  /** `main/1 generate`, `main act publish`. */
  readonly summary: string;
}

/** Reads what happened to a run out of the events of one execution, in their order. */
export class HistoryReader {
  readonly #read: ReadPayload;
  readonly #scheduled = new Map<string, Step>();

  constructor(read: ReadPayload) {
    this.#read = read;
  }

  /** What an event says; undefined where it says nothing to people. */
  async eventOf(event: HistoryEvent): Promise<RunEvent | undefined> {
    const at = timeOf(event);
    const closing = await this.#closing(event);
    if (closing !== undefined) return { kind: 'closed', at, closing };
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const step = { type: scheduled.activityType?.name ?? '', summary: await this.#summary(event) };
      this.#scheduled.set(String(event.eventId), step);
      return step.type === 'act' ? { kind: 'acting', at, effect: lastWord(step.summary) } : undefined;
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) {
      const step = this.#scheduled.get(String(completed.scheduledEventId));
      return step && stepEvent(at, step, await this.#read(completed.result?.payloads));
    }
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === 'core_local_activity') {
      const about = (await this.#read(marker.details?.['data']?.payloads)) as { activity_type?: string } | undefined;
      const step = { type: about?.activity_type ?? '', summary: await this.#summary(event) };
      return stepEvent(at, step, await this.#read(marker.details?.['result']?.payloads));
    }
    return await this.#message(event, at);
  }

  async #message(event: HistoryEvent, at: number): Promise<RunEvent | undefined> {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    if (!signal && !update) return undefined;
    const argument = (await this.#read((signal?.input ?? update?.args)?.payloads)) as
      | { by?: unknown; decision?: unknown }
      | undefined;
    const name = typeof argument?.decision === 'string' ? argument.decision : (signal?.signalName ?? update?.name);
    const by = typeof argument?.by === 'string' ? { by: argument.by } : {};
    return { kind: 'message', at, name: name ?? '', ...by };
  }

  async #closing(event: HistoryEvent): Promise<Closing | undefined> {
    const completed = event.workflowExecutionCompletedEventAttributes;
    if (completed) return { kind: 'completed', result: (await this.#read(completed.result?.payloads)) as RunResult };
    const failure = event.workflowExecutionFailedEventAttributes?.failure;
    if (failure) {
      const type = failure.applicationFailureInfo?.type ?? 'Unexpected';
      return { kind: 'failed', type, message: failure.message ?? '' };
    }
    if (event.workflowExecutionCanceledEventAttributes) return { kind: 'ended', how: 'canceled' };
    if (event.workflowExecutionTerminatedEventAttributes) return { kind: 'ended', how: 'terminated' };
    if (event.workflowExecutionTimedOutEventAttributes) return { kind: 'ended', how: 'timedOut' };
    return undefined;
  }

  async #summary({ userMetadata }: HistoryEvent): Promise<string> {
    const summary = await this.#read(userMetadata?.summary ? [userMetadata.summary] : []);
    return typeof summary === 'string' ? summary : '';
  }
}

/** What a finished step says. Results are the product's own; what does not look like one says nothing. */
function stepEvent(at: number, { type, summary }: Step, result: unknown): RunEvent | undefined {
  const said = (typeof result === 'object' && result !== null ? result : {}) as {
    readonly kind?: string;
    readonly plan?: { readonly run?: { readonly harness?: string; readonly dryRun?: boolean } };
    readonly verdict?: Verdict;
    readonly evaluation?: { readonly verdict?: Verdict };
    readonly digest?: string;
    readonly budget?: string;
    readonly needMicroUsd?: number;
  };
  switch (type) {
    case 'openRun': {
      const run = said.plan?.run;
      return run && { kind: 'opened', at, harness: run.harness ?? '', dryRun: run.dryRun === true };
    }
    case 'generate':
    case 'evaluate': {
      const verdict = said.evaluation?.verdict ?? said.verdict;
      return verdict && { kind: 'attempt', at, step: summary.replace(/ (generate|evaluate)$/, ''), verdict };
    }
    case 'openGate':
      return { kind: 'gate', at, gate: summary.replace(/ open$/, ''), digest: said.digest ?? '' };
    case 'awaitBudget':
      return { kind: 'budget', at, budget: said.budget ?? '', needMicroUsd: said.needMicroUsd ?? 0 };
    case 'act':
      return { kind: 'acted', at, effect: lastWord(summary) };
    default:
      return undefined;
  }
}

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}

function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + Math.floor((eventTime?.nanos ?? 0) / 1_000_000);
}
