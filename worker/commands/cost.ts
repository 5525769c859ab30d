import { Command, Option } from 'commander';
import { COST_GROUPS, type CostQuery } from '../../contract/costs.ts';
import type { CommandContext } from '../command.ts';
import { dataOption } from './options.ts';
import { since } from './since.ts';

interface Options extends CostQuery {
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
Spent is what providers said that calls cost, and the worst case of those that nobody knows of (uncertain).
Per accepted is all that was spent, on rejected and failed runs too, for each run that ended accepted.`;

/** `loopwright cost`: what money went where. */
export function costCommand(context: CommandContext): Command {
  return new Command('cost')
    .description('show what was spent, by loop, day, model, outcome or tenant, and the cost of an accepted result')
    .addOption(new Option('--by <group>', 'what to sort it by').choices(COST_GROUPS).default('loop'))
    .option('--loop <name>', 'only calls of this loop')
    .option('--since <when>', 'only calls made since then: 24h, 7d, or a date such as 2026-01-31', since)
    .option('--until <when>', 'only calls made before then', since)
    .option('--json', 'print one JSON object, money in USD', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action((options: Options) => cost(context, options));
}

async function cost({ env, print, report }: CommandContext, { json, data, ...query }: Options): Promise<void> {
  const [{ withTheRecord }, { costTable, listedCost }] = await Promise.all([
    import('../record/record-access.ts'),
    import('../../core/cost-table.ts'),
  ]);
  const costs = await withTheRecord({ data, env }, (record) => record.costs(query));
  const { lines, total, low } = costs;
  if (json) {
    const listedLow = low.map(({ budget, usedMicroUsd, capMicroUsd }) => {
      return { budget, usedUsd: usedMicroUsd / 1e6, capUsd: capMicroUsd / 1e6 };
    });
    return print(
      JSON.stringify({ by: query.by, lines: lines.map(listedCost), total: listedCost(total), low: listedLow }),
    );
  }
  if (lines.length === 0) return report('No paid call matches. The embedded learner is free and leaves none.');
  print(costTable(costs, query.by));
}
