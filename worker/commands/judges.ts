import { Command } from 'commander';
import type { Calibration } from '../../contract/judges.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, upTo, usd } from './options.ts';

interface Options {
  readonly ask: boolean;
  readonly most: number;
  readonly budgetUsd: number;
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

--ask has every judge asked again about what people took, what they did not, and swapped ones: a judge that is new gets its
labels at once, and of one that was asked before the newest answer counts. It is a workflow: it goes on where this command
is stopped or a worker is killed, pays for no answer twice, and books on the loop.

Exits: 0 shown, or all was answered    1 something had no answer    6 the budget was used up    3 there is no such loop

Examples:
  loopwright judges supportTriage
  loopwright judges supportTriage --json
  loopwright judges supportTriage --ask --most 40 --budget-usd 0.5`;

/** `loopwright judges`: how good a loop's judges are, by what people decided. */
export function judgesCommand(context: CommandContext): Command {
  return new Command('judges')
    .description("show how good a loop's judges are, held against what people decided, and what their words count for")
    .argument('<loop>', 'name of the loop')
    .option('--ask', 'have each of them asked again first about artefacts that people decided on', false)
    .option('--most <n>', 'with --ask: at most so many artefacts for each judge', upTo(1000), 120)
    .option('--budget-usd <usd>', 'with --ask: most that all calls together may cost', usd, 1)
    .option('--json', 'print one JSON array of objects; with --ask one object, money in micro-USD', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action((loop: string, options: Options) => judges(context, loop, options));
}

async function judges(context: CommandContext, loop: string, options: Options): Promise<void> {
  const { print, report } = context;
  const { asked } = await import('../harness/asked.ts');
  const found = async (): Promise<readonly Calibration[]> =>
    asked(context, options, async (record) => record.judges(loop));
  if (!options.ask) {
    const shown = await found();
    return options.json ? print(JSON.stringify(shown)) : await show(context, loop, shown);
  }
  const { askJudges, exitOf } = await import('../learning/ask-judges.ts');
  const asking = await askJudges(context, loop, options);
  const shown = await found();
  if (options.json) print(JSON.stringify({ ...asking, judges: shown }));
  else await show({ print, report }, loop, shown);
  process.exitCode = exitOf(asking);
}

async function show(
  { print, report }: Pick<CommandContext, 'print' | 'report'>,
  loop: string,
  found: readonly Calibration[],
): Promise<void> {
  const { judgeTable, judgeNeeds } = await import('../../core/judge-table.ts');
  if (found.length === 0) return report(`No judge of ${loop} has said anything yet.`);
  print([judgeTable(found), ...judgeNeeds(found)].join('\n'));
}
