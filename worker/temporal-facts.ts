import { WorkflowFailedError, WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Status } from '../contract/messages.ts';
import type { TemporalFacts } from '../core/story/story.ts';
import { connectClient } from './connect-client.ts';

/** A query that no worker answers would wait for ten seconds. */
const QUERY_MS = 4000;

/** Longest input that is told, in characters. */
const INPUT_CHARACTERS = 20_000;

/** Which run to ask Temporal about. */
export interface TemporalRun {
  readonly workflowId: string;
  /** First run id of a chain; default the newest. */
  readonly firstRunId?: string;
}

/** What Temporal knows about a run: its state, its input, why it failed, and what it answers itself. Never throws: a story can be told without. */
export async function temporalFacts(env: NodeJS.ProcessEnv, data: string, run: TemporalRun): Promise<TemporalFacts> {
  try {
    const { client, close } = await connectClient(env, data);
    try {
      return await factsOf(client, run);
    } finally {
      await close();
    }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'unknown' };
    return { kind: 'unreachable', why: (error as Error).message };
  }
}

async function factsOf(client: Client, run: TemporalRun): Promise<TemporalFacts> {
  const { handle, described } = await find(client, run);
  const { status, workflowId, type: loop, runId, startTime, closeTime, raw } = described;
  const open = status.name === 'RUNNING';
  const input = await inputOf(client, workflowId, runId);
  const failure = status.name === 'FAILED' ? await failureOf(handle) : undefined;
  const live = open ? await statusOf(client, handle) : undefined;
  return {
    kind: 'known',
    status: status.name,
    workflowId,
    loop,
    runId,
    firstRunId: raw.workflowExecutionInfo?.firstRunId ?? runId,
    startedAt: startTime.getTime(),
    ...(closeTime === undefined ? {} : { closedAt: closeTime.getTime() }),
    ...(input === undefined ? {} : { input }),
    ...(failure === undefined ? {} : { failure }),
    ...(live === undefined ? {} : { live }),
  };
}

/** The newest execution of the chain that is asked for. */
async function find(client: Client, { workflowId, firstRunId }: TemporalRun) {
  const handle = client.workflow.getHandle(workflowId);
  const described = await handle.describe();
  const { runId, raw } = described;
  if (firstRunId === undefined || firstRunId === (raw.workflowExecutionInfo?.firstRunId ?? runId))
    return { handle: client.workflow.getHandle(workflowId, runId), described };
  const other = client.workflow.getHandle(workflowId, firstRunId);
  return { handle: other, described: await other.describe() };
}

/** JSON of the first argument, from the first event; undefined where it is no JSON. */
async function inputOf(client: Client, workflowId: string, runId: string): Promise<string | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  try {
    let decoded = payloads.slice(0, 1);
    for (const codec of payloadCodecs.toReversed()) decoded = await codec.decode(decoded);
    const [payload] = decoded;
    if (payload === undefined) return undefined;
    return JSON.stringify(payloadConverter.fromPayload(payload))?.slice(0, INPUT_CHARACTERS);
  } catch {
    return undefined;
  }
}

async function failureOf(handle: WorkflowHandle): Promise<{ type: string; message: string }> {
  try {
    await handle.result();
    return { type: 'Unexpected', message: 'Temporal shows it as failed, but has no failure.' };
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : error;
    const type = cause instanceof ApplicationFailure ? cause.type : undefined;
    return { type: type ?? 'Unexpected', message: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function statusOf(client: Client, handle: WorkflowHandle): Promise<Status | undefined> {
  try {
    return await client.withDeadline(Date.now() + QUERY_MS, () => handle.query<Status>('status'));
  } catch {
    return undefined;
  }
}
