import { writeFile } from 'node:fs/promises';
import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import type { ExperimentReport } from '../../contract/experiment-report.ts';
import { reportText, verdictOf } from '../../core/learning/eval-table.ts';
import { experimentDocument } from '../../gateway/pages/parts/experiment-report.ts';
import type { EvalStatus } from '../../workflows/evaluate-harness.ts';
import type { CommandContext } from '../command.ts';
import type { EvalOptions } from '../commands/eval.ts';
import { follow } from './follow.ts';
import { withTheRecord, type RecordPlace } from '../record/record-access.ts';

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
  await follow<EvalStatus>(context, data, {
    type: 'evaluateHarness',
    id,
    input,
    summary: `eval of ${loop}`,
    started: `it goes on where this command is stopped (\`loopwright eval ${loop} --show ${id}\`).`,
    progress: ({ graded, of }) => (of === 0 ? undefined : `${graded} of ${of} runs`),
  });
  return id;
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
