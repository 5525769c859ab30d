import { Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { dataOption } from './options.ts';

interface Options {
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
What judges, panels and comparisons said is held against what people did at gates: what they took as it was is good, what
they rejected, changed or sent back is bad. TPR is how much of the good a judge let through, TNR how much of the bad it
held, each with the lower end of where it lies (95 %); only work counts that people would have seen whatever the judge said.
A judge is gating with 50 labels of each kind, both lower ends at .80 and κ at .60; advisory where it was shown not to be
that good, or disagrees with people more lately than before (E 20): then its no asks a person; uncalibrated until one or
the other is shown. SWAPPED is how many accepted artefacts it held that it was shown under the input of other work: one
that lets them through is advisory (E 20), and holding them proves nothing.

Examples:
  loopwright judges supportTriage
  loopwright judges supportTriage --json`;

/** `loopwright judges`: how good a loop's judges are, by what people decided. */
export function judgesCommand(context: CommandContext): Command {
  return new Command('judges')
    .description("show how good a loop's judges are, held against what people decided, and what their words count for")
    .argument('<loop>', 'name of the loop')
    .option('--json', 'print one JSON array of objects', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action((loop: string, options: Options) => judges(context, loop, options));
}

async function judges(context: CommandContext, loop: string, options: Options): Promise<void> {
  const { print, report } = context;
  const [{ asked }, { judgeTable }] = await Promise.all([
    import('../harness/asked.ts'),
    import('../../core/judge-table.ts'),
  ]);
  const found = await asked(context, options, (record) => record.judges(loop));
  if (options.json) print(JSON.stringify(found));
  else if (found.length > 0) print(judgeTable(found));
  else report(`No judge of ${loop} has said anything yet.`);
}
