import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { LoopClient } from '../client/loop-client.ts';
import { TASK_TIMEOUT } from '../contract/names.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { Side } from './notes.ts';
import { PASSING_ATTEMPT } from './steps.ts';
import type { Signs, WorkerProcess } from './worker-process.ts';

/** How long a run is left waiting before it is approved, in milliseconds: long enough that its workflow task is done. */
export const PARK_MS = 30;

/** A run that takes longer than this, in milliseconds, is lost, and with it the comparison. */
const LOST_MS = 120_000;

/** One run, as the driver saw it. Milliseconds since 1970. */
export interface RunTimes {
  readonly handle: Handle;
  readonly startedAt: number;
  /** When the approval was sent. */
  readonly sentAt: number;
  readonly endedAt: number;
}

/** What a run is reached by. */
export type Handle = WorkflowHandleWithFirstExecutionRunId;

type Events = readonly temporal.api.history.v1.IHistoryEvent[];

/** One side under test. */
export interface Lane {
  readonly side: Side;
  readonly taskQueue: string;
  /** Workflow type. */
  readonly type: string;
  readonly signs: Signs;
  /** Another one after a kill. */
  worker: WorkerProcess;
}

/** Now, with the fraction of a millisecond that `Date.now()` lacks. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}

/** Starts, approves and awaits runs, in the same way on both sides. */
export class Driver {
  readonly client: Client;
  readonly #loops: LoopClient;
  #count = 0;

  private constructor(client: Client) {
    this.client = client;
    this.#loops = new LoopClient(client);
  }

  /** Connects to the server. */
  static async connect(address: string): Promise<Driver> {
    return new Driver(new Client({ connection: await Connection.connect({ address }) }));
  }

  async close(): Promise<void> {
    await this.client.connection.close();
  }

  /** Starts a run under a new id: ours with our client, which shows its first state in the start. */
  async start(lane: Lane): Promise<Handle> {
    const key = `${process.pid}-${(this.#count += 1)}`;
    const id = `${lane.side}-${key}`;
    const input = { id, topic: 'a topic' };
    const { taskQueue, type } = lane;
    if (lane.side === 'minimal') {
      return await this.client.workflow.start(type, {
        taskQueue,
        workflowId: id,
        args: [input],
        workflowTaskTimeout: TASK_TIMEOUT,
      });
    }
    const { workflowId, runId = '' } = await this.#loops.start(type, key, input);
    const handle = this.client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
    return Object.assign(handle, { firstExecutionRunId: runId });
  }

  /** Sends the approval. */
  async approve(handle: Handle): Promise<void> {
    await handle.signal('approve', { by: 'bench' });
  }

  /** One run from its start to its result. */
  async run(lane: Lane): Promise<RunTimes> {
    const startedAt = clock();
    const handle = await this.start(lane);
    const lost = setTimeout(() => giveUp(handle), LOST_MS);
    await lane.signs.waiting(handle.firstExecutionRunId);
    await sleep(PARK_MS);
    const sentAt = clock();
    await this.approve(handle);
    const result: unknown = await handle.result();
    const endedAt = clock();
    clearTimeout(lost);
    if (lane.side === 'ours') refuseOther(handle, result as RunResult);
    return { handle, startedAt, sentAt, endedAt };
  }

  /** The run's history. */
  async events({ handle }: RunTimes): Promise<Events> {
    return (await handle.fetchHistory()).events ?? [];
  }

  /** Events and bytes of a closed run's history, as the server counts them. */
  async size({ handle }: RunTimes): Promise<{ events: number; bytes: number }> {
    const { historyLength, historySize = 0 } = await handle.describe();
    return { events: historyLength, bytes: historySize };
  }
}

/** Ends the bench where a run did not do the work that the hand-written one does. */
function refuseOther({ workflowId }: Handle, { outcome, attempts, gates }: RunResult): void {
  if (outcome === 'accepted' && attempts === PASSING_ATTEMPT && gates === 1) return;
  console.error(
    `Expected run ${workflowId} to be accepted after ${PASSING_ATTEMPT} attempts and one gate, got ${outcome} after ${attempts} and ${gates}: the comparison is not the one that was meant.`,
  );
  process.exit(1);
}

/** Ends the bench; server and workers end with this process. */
function giveUp({ workflowId }: Handle): never {
  console.error(
    `Run ${workflowId} did not end in ${LOST_MS / 1000} s: the bench is given up. The worker's warnings are above.`,
  );
  process.exit(1);
}

/**
 * A run's latency without the time it waited for its approval: from the end of the workflow task that parked it, by the
 * server's clock (the same machine), to the approval being sent. The person's time is nobody's latency.
 */
export function latencyOf({ startedAt, sentAt, endedAt }: RunTimes, events: Events): number {
  const signal = events.findIndex((event) => event.workflowExecutionSignaledEventAttributes);
  const parked = events.slice(0, signal).findLast((event) => event.workflowTaskCompletedEventAttributes)?.eventTime;
  const parkedAt = Number(parked?.seconds ?? 0) * 1000 + (parked?.nanos ?? 0) / 1e6;
  return endedAt - startedAt - Math.max(0, sentAt - parkedAt);
}
