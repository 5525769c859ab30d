import type { Client } from '@temporalio/client';
import type { RunEvent } from '../contract/run-event.ts';
import { HistoryReader, type HistoryEvent } from './history-reader.ts';
import { payloadReader } from './payloads.ts';

/** A long poll is answered within 20 s or so; one that is not is asked again, in milliseconds. */
const POLL_MS = 60_000;

/** Between tries while Temporal does not answer, in milliseconds. */
const TRY_AGAIN_MS = 500;

/** gRPC status codes that mean: not now. Cancelled, unknown, deadline, exhausted, aborted, internal, unavailable. */
const PASSING: readonly unknown[] = [1, 2, 4, 8, 10, 13, 14];

/** Which run to watch, and until when. */
export interface WatchOptions {
  readonly workflowId: string;
  /** Temporal's run id; default the newest. */
  readonly runId?: string;
  readonly signal?: AbortSignal;
  /** How long Temporal may be away before the watch is given up, in milliseconds; default five minutes. */
  readonly patienceMs?: number;
}

/**
 * What happens to a run, as it happens, from its beginning to its end, through continue-as-new. It reads the history
 * and asks no worker, so it survives the worker's restarts, and the server's.
 * @throws what Temporal says where the run is not there, or was away for too long.
 */
export async function* watchRun(client: Client, options: WatchOptions): AsyncGenerator<RunEvent> {
  const { workflowId, signal, patienceMs = 300_000 } = options;
  let { runId } = options;
  let reader = new HistoryReader(payloadReader(client));
  let token: Uint8Array | undefined;
  let seen = 0;
  let lostAt: number | undefined;
  const given = (): boolean => signal?.aborted === true;
  while (!given()) {
    let page: Awaited<ReturnType<typeof poll>>;
    try {
      page = await poll(client, { workflowId, runId: runId ?? '' }, token, signal);
    } catch (error) {
      if (given()) return;
      if (!PASSING.includes((error as { code?: unknown }).code)) throw error;
      if (lostAt === undefined) yield { kind: 'lost', why: (error as Error).message };
      lostAt ??= performance.now();
      if (performance.now() - lostAt > patienceMs) throw error;
      token = undefined;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
      continue;
    }
    lostAt = undefined;
    token = page.nextPageToken?.length ? page.nextPageToken : undefined;
    for (const event of page.history?.events ?? []) {
      if (Number(event.eventId) <= seen) continue;
      seen = Number(event.eventId);
      const next = nextRunOf(event);
      if (next !== undefined) {
        runId = next;
        reader = new HistoryReader(payloadReader(client));
        token = undefined;
        seen = 0;
        break;
      }
      const said = await reader.eventOf(event);
      if (said !== undefined) yield said;
      if (said?.kind === 'closed') return;
    }
  }
}

function poll(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
  nextPageToken: Uint8Array | undefined,
  signal: AbortSignal | undefined,
) {
  const ask = () =>
    client.withDeadline(Date.now() + POLL_MS, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution,
        waitNewEvent: true,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    );
  return signal === undefined ? ask() : client.withAbortSignal(signal, ask);
}

function nextRunOf(event: HistoryEvent): string | undefined {
  return event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
}
