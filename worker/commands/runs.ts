import { Command, Option } from 'commander';
import { OUTCOMES, type Outcome } from '../../contract/outcomes.ts';
import { MOST_RUNS } from '../../contract/record.ts';
import { TRIGGERS, type Trigger } from '../../contract/run.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, upTo } from './options.ts';
import { since } from './since.ts';

interface Options {
  readonly loop?: string;
  readonly outcome?: Outcome;
  readonly trigger?: Trigger['kind'];
  readonly open?: true;
  readonly since?: number;
  readonly limit: number;
  readonly json: boolean;
  readonly data: string;
}

/** `loopwright runs`: what ran, newest first. */
export function runsCommand(context: CommandContext): Command {
  return new Command('runs')
    .description('list runs, newest first')
    .option('--loop <name>', 'only runs of this loop')
    .addOption(new Option('--outcome <outcome>', 'only runs that ended so').choices(OUTCOMES))
    .addOption(new Option('--trigger <kind>', 'only runs that were started so').choices(TRIGGERS))
    .option('--open', 'only runs that are not closed')
    .option('--since <when>', 'only runs opened since then: 24h, 7d, or a date such as 2026-01-31T09:00Z', since)
    .option('--limit <n>', `how many, at most ${MOST_RUNS}`, upTo(MOST_RUNS), 50)
    .option('--json', 'print one JSON array of objects', false)
    .option(...dataOption(context))
    .action((options: Options) => list(context, options));
}

async function list({ env, print, report }: CommandContext, { json, data, ...query }: Options): Promise<void> {
  const [{ withTheRecord }, { listedRun, runTable }] = await Promise.all([
    import('../record/record-access.ts'),
    import('../../core/run-table.ts'),
  ]);
  const found = await withTheRecord({ data, env }, (record) => record.runs(query));
  const { runs, more } = found;
  if (json) print(JSON.stringify(runs.map(listedRun)));
  else if (runs.length > 0) print(runTable(runs, Date.now()));
  else report('No runs match. Start one with `loopwright run`, or leave filters out.');
  if (more) report(`… and more: these are the newest ${runs.length}. Ask for others with --limit, --since or --loop.`);
}
