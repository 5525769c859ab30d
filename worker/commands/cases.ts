import { Command, InvalidArgumentError, Option } from 'commander';
import { CASE_SOURCES, MOST_CASES, SLICES, type CaseListQuery, type Slice } from '../../contract/case.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, upTo } from './options.ts';

/** What all of them may be told. */
export interface Common {
  readonly json: boolean;
  readonly data: string;
}

type Filter = Omit<CaseListQuery, 'loop'>;

const HELP = `
Every decision of a person, and every run that got nowhere, becomes a case while a worker runs: an input, and what its
output must have. Half of them are sealed: whoever proposes a change is not shown them. Lines of the loop's cases.jsonl
are cases too; their slice is said there.

  loopwright cases list supportTriage --cluster "answer: expected refund"
  loopwright cases pin supportTriage c-3f9a1b2c4d5e6f70
  loopwright cases export supportTriage --slice pinned --file cases.jsonl

Exits 3 where there is no such case, 5 where a case is a line of a file.`;

/** `loopwright cases`: what a loop is measured by. */
export function casesCommand(context: CommandContext): Command {
  const cases = new Command('cases')
    .description('what a loop is measured by: list, show, pin, move, export')
    .addHelpText('after', HELP);
  const inner = (name: string, words: string): Command =>
    cases
      .command(name)
      .description(words)
      .argument('<loop>', 'the loop')
      .option(...dataOption(context));
  const some = (command: Command): Command =>
    command
      .addOption(new Option('--slice <slice>', 'only cases for this').choices(SLICES))
      .addOption(new Option('--source <source>', 'only cases that came from this').choices(CASE_SOURCES))
      .option('--cluster <cluster>', 'only of this failure cluster, as `lessons clusters` names it')
      .option('--visible', 'only those that a proposer may see');
  some(inner('list', 'list cases, oldest first'))
    .option('--after <id>', 'the page after this case')
    .option('--limit <n>', `how many, at most ${MOST_CASES}`, upTo(MOST_CASES), 50)
    .option('--json', 'print one JSON array of objects', false)
    .action(async (loop: string, { json, data, ...query }: Common & Filter) =>
      (await work()).listCases(context, { json, data }, { ...query, loop }),
    );
  inner('show', 'show all about a case')
    .argument('<id>', 'its id, as `cases list` shows it')
    .option('--json', 'print one JSON object', false)
    .action(async (loop: string, id: string, options: Common) =>
      (await work()).showCase(context, options, { loop, id }),
    );
  inner('pin', 'never let a change break these cases: one that does is refused')
    .argument('<id...>', 'their ids')
    .option('--json', 'print one JSON array of objects', false)
    .action(async (loop: string, ids: readonly string[], options: Common) => {
      await (await work()).moveCases(context, options, movesOf(loop, 'pinned', ids));
    });
  inner('move', 'say what cases are for')
    .argument('<slice>', SLICES.join(', '), slice)
    .argument('<id...>', 'their ids')
    .option('--json', 'print one JSON array of objects', false)
    .action(async (loop: string, to: Slice, ids: readonly string[], options: Common) => {
      await (await work()).moveCases(context, options, movesOf(loop, to, ids));
    });
  some(inner('export', 'write cases as lines of cases.jsonl, which `validate` reads'))
    .option('--file <path>', 'where to; stdout by default')
    .action(
      async (loop: string, { data, file, ...query }: Filter & { readonly data: string; readonly file?: string }) =>
        (await work()).exportCases(context, { data, ...(file === undefined ? {} : { file }) }, { ...query, loop }),
    );
  return cases;
}

const work = async () => await import('../cases/cases-work.ts');

const movesOf = (loop: string, to: Slice, ids: readonly string[]) => ids.map((id) => ({ loop, id, slice: to }));

function slice(text: string): Slice {
  const found = SLICES.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`expected one of ${SLICES.join(', ')}`);
  return found;
}
