import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import type { ExperimentReport } from '../../contract/experiment-report.ts';
import { TASK_QUEUE, TASK_TIMEOUT } from '../../contract/names.ts';
import { reportText, verdictOf } from '../../core/learning/eval-table.ts';
import { plainLine } from '../../core/plain-text.ts';
import { experimentDocument } from '../../gateway/pages/parts/experiment-report.ts';
import type { evaluateHarness, EvalStatus } from '../../workflows/evaluate-harness.ts';
import { connectClient, type Connected } from '../cluster/connect-client.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { EvalOptions } from '../commands/eval.ts';
import { withTheRecord, type RecordPlace } from '../record/record-access.ts';

/** How often progress is asked for and told, in milliseconds. */
const TICK_MS = 500;

/** Does what `loopwright eval` was told and returns its exit code. */
export async function evaluate(context: CommandContext, loop: string, options: EvalOptions): Promise<ExitCode> {
  const place = { data: options.data, env: context.env };
  if (options.ready) return await ready(context, loop, place);
  const id = options.show ?? (await run(context, loop, options));
  const report = await withTheRecord(place, (record) => record.experiment(id));
  if (options.html !== undefined) {
    await writeFile(options.html, String(await experimentDocument(report)));
    context.report(`${options.html} is the report as a page.`);
  }
  context.print(options.json ? JSON.stringify({ verdict: verdictOf(report), ...report }) : reportText(report));
  return exitOf(report);
}

function exitOf(report: ExperimentReport): ExitCode {
  const verdict = verdictOf(report);
  if (verdict === 'pass' || verdict === 'proven') return EXIT.ok;
  return verdict === 'fail' || verdict === 'refuted' ? EXIT.refusedByVerifier : EXIT.failure;
}

/** Starts an eval and waits for it; returns its id. @throws CommandError where it could not run. */
async function run(context: CommandContext, loop: string, options: EvalOptions): Promise<string> {
  const { harness, against, withoutLesson, most, atLeast, budgetUsd, data } = options;
  const connected = await connectClient(context.env, data);
  const id = `eval-${loop}-${Date.now().toString(36)}`;
  const input = {
    loop,
    atLeast,
    budgetUsd,
    ...(harness === undefined ? {} : { harness }),
    ...(against === undefined ? {} : { against }),
    ...(withoutLesson === undefined ? {} : { lesson: withoutLesson }),
    ...(most === undefined ? {} : { most }),
  };
  try {
    const handle = await connected.client.workflow.start<typeof evaluateHarness>('evaluateHarness', {
      taskQueue: TASK_QUEUE,
      workflowId: id,
      args: [input],
      workflowTaskTimeout: TASK_TIMEOUT,
      staticSummary: `eval of ${loop}`,
    });
    context.report(
      `${id}: started; it goes on where this command is stopped (\`loopwright eval ${loop} --show ${id}\`).`,
    );
    const done = new AbortController();
    const telling = tellProgress(context, connected, id, done.signal);
    await handle.result().finally(() => done.abort());
    await telling;
    return id;
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

/** A line whenever there is news, until it is over. A worker that is away is not worth a word: the eval waits for it. */
async function tellProgress(
  { report }: CommandContext,
  { client }: Connected,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  let told = -1;
  while (!signal.aborted) {
    await pause(TICK_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const status = await client.workflow
      .getHandle(id)
      .query<EvalStatus>('status')
      .catch(() => undefined);
    if (status === undefined || status.graded === told || status.of === 0) continue;
    told = status.graded;
    report(`${status.graded} of ${status.of} runs`);
  }
}

/** Whether the current version has a baseline that passed: nobody calls a loop ready without one. */
async function ready({ report }: CommandContext, loop: string, place: RecordPlace): Promise<ExitCode> {
  const { version, baseline } = await withTheRecord(place, (record) => record.baseline(loop));
  if (baseline === undefined) {
    report(`${loop} ${version} is NOT ready: it has no baseline. Make one: loopwright eval ${loop}`);
    return EXIT.failure;
  }
  const verdict = verdictOf({ experiment: baseline });
  const is = verdict === 'pass' ? 'is ready' : 'is NOT ready';
  report(`${loop} ${version} ${is}: ${baseline.id} came to ${verdict}. ${baseline.because}`);
  return verdict === 'pass' ? EXIT.ok : EXIT.failure;
}
