import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { EXIT } from '../../contract/exit-codes.ts';
import { TASK_QUEUE, TASK_TIMEOUT } from '../../contract/names.ts';
import { plainLine } from '../../core/plain-text.ts';
import { connectClient, type Connected } from '../cluster/connect-client.ts';
import { CommandError, type CommandContext } from '../command.ts';

/** How often progress is asked for and told, in milliseconds. */
const TICK_MS = 500;

/** A workflow that a command starts and waits for. */
export interface Followed<Status> {
  readonly type: string;
  readonly id: string;
  readonly input: object;
  /** What the server's own pages call it. */
  readonly summary: string;
  /** Said once it is started. */
  readonly started: string;
  /** Progress in a line; undefined where there is none yet. */
  readonly progress: (status: Status) => string | undefined;
}

/** Starts a workflow on the workers' queue and waits for what it comes to, telling its progress. @throws CommandError where it could not run. */
export async function follow<Status>(
  context: CommandContext,
  data: string,
  followed: Followed<Status>,
): Promise<Status> {
  const connected = await connectClient(context.env, data);
  try {
    const handle = await connected.client.workflow.start(followed.type, {
      taskQueue: TASK_QUEUE,
      workflowId: followed.id,
      args: [followed.input],
      workflowTaskTimeout: TASK_TIMEOUT,
      staticSummary: followed.summary,
    });
    context.report(`${followed.id}: started; ${followed.started}`);
    const done = new AbortController();
    const telling = tellProgress(context, connected, followed, done.signal);
    const result = (await handle.result().finally(() => done.abort())) as Status;
    await telling;
    return result;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? asCommandError(error) : error;
  } finally {
    await connected.close();
  }
}

function asCommandError(error: WorkflowFailedError): CommandError {
  const { type, message = error.message } = (error.cause ?? {}) as {
    readonly type?: string;
    readonly message?: string;
  };
  const code = type === 'UnknownLoop' ? EXIT.notFound : type === 'InvalidInput' ? EXIT.usage : EXIT.failure;
  return new CommandError(`${type ?? 'Unexpected'}: ${plainLine(message, 2000)}`, code);
}

/** A line whenever there is news, until it is over. A worker that is away is not worth a word: the work waits for it. */
async function tellProgress<Status>(
  { report }: CommandContext,
  { client }: Connected,
  { id, progress }: Followed<Status>,
  signal: AbortSignal,
): Promise<void> {
  let told: string | undefined;
  while (!signal.aborted) {
    await pause(TICK_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const status = await client.workflow
      .getHandle(id)
      .query<Status>('status')
      .catch(() => undefined);
    const line = status && progress(status);
    if (line === undefined || line === told) continue;
    told = line;
    report(line);
  }
}
