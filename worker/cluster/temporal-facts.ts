import { WorkflowFailedError, WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { startArguments } from '../../client/start-arguments.ts';
import { RunOptions, type Trigger } from '../../contract/run.ts';
import type { TemporalFacts } from '../../core/story/story.ts';
import { connectClient } from './connect-client.ts';
import { statusOf } from '../run-status.ts';

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

/** The same of a client that is connected. @throws what Temporal says where it does not know the run, or is away. */
export async function factsOf(client: Client, run: TemporalRun): Promise<TemporalFacts> {
  const { handle, described } = await find(client, run);
  const { status, workflowId, type: loop, runId, startTime, closeTime, raw } = described;
  const open = status.name === 'RUNNING';
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
    ...(await startOf(client, workflowId, runId)),
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

/** What it was started with, from its first event: JSON of the input, and who asked. Each is absent where it cannot be read. */
async function startOf(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<{ readonly input?: string; readonly trigger?: Trigger }> {
  const given = await startArguments(client, { workflowId, runId });
  const input = JSON.stringify(given.input)?.slice(0, INPUT_CHARACTERS);
  const { data } = RunOptions.safeParse(given.options ?? {});
  const by = data?.requestedBy === undefined ? {} : { by: data.requestedBy };
  return {
    ...(input === undefined ? {} : { input }),
    ...(data === undefined ? {} : { trigger: data.trigger ?? { kind: 'manual', ...by } }),
  };
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
