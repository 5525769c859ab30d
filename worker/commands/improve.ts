import { Command, InvalidArgumentError, Option } from 'commander';
import { CHANGE_KINDS, type ChangeKind } from '../../contract/candidate.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, who } from './options.ts';

/** What `loopwright improve` was told. */
export interface ImproveOptions {
  readonly cluster?: string;
  readonly kind?: readonly ChangeKind[];
  readonly candidate?: string;
  readonly summary?: string;
  readonly by?: string;
  readonly budgetUsd: number;
  readonly waitDays: number;
  readonly watch: boolean;
  readonly wait: boolean;
  readonly human: boolean;
  readonly handoff: boolean;
  readonly file?: string;
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
It starts the workflow \`improve\`: a change of one component of the harness is proposed for the failures that cost the
most, tried on cases that the proposer never saw, put before a person with every case that it breaks, promoted, and
watched: new runs take it at once, and the loop goes back by itself where it does harm. A trial that proves nothing waits
for new cases and goes on with what it has. What was refuted once is not proposed again.

Exits, where it waits: 0 promoted, or nothing to improve    1 a person said no    7 refuted    8 with --no-human: it waits for a human

  loopwright improve supportTriage                                 let it find what to improve
  loopwright improve supportTriage --kind approval --watch         only approval rules; tell what happens
  loopwright improve supportTriage --candidate harness.yaml        try a harness that you wrote
  loopwright improve supportTriage --handoff --file brief.md       where the fix needs code: a brief for who writes it
  loopwright schedule                                              starts it again and again: type \`improve\``;

/** `loopwright improve`: turns a loop's failures into a change that is proven. */
export function improveCommand(context: CommandContext): Command {
  return new Command('improve')
    .description("turn a loop's failures into a change of its harness that is proven, approved and watched")
    .argument('<loop>', "the loop's name, e.g. supportTriage")
    .option('--cluster <name>', 'failures to mend; `loopwright lessons clusters <loop>` lists them')
    .addOption(
      new Option('--kind <kind...>', 'kinds of change that may be proposed (default: all)').choices(CHANGE_KINDS),
    )
    .option('--candidate <file>', 'a whole harness.yaml to try, in the place of a proposal')
    .option('--summary <text>', 'what it changes, in a sentence')
    .option('--by <who>', 'who asks for it', who)
    .option('--budget-usd <usd>', 'most that the runs of its cases may cost', number, 5)
    .option('--wait-days <days>', 'how long a trial waits for new cases', number, 30)
    .option('--watch', 'wait, with a line on stderr for each thing that happens', false)
    .option('--wait', 'wait for the result', false)
    .option('--no-human', 'do not wait for a human: exit with 8 as soon as the proposal is there')
    .option('--handoff', 'start nothing: write a brief for whoever changes the code of the loop', false)
    .addOption(
      new Option(
        '--file <path>',
        'where that brief goes, its failing cases next to it (default: it is printed)',
      ).implies({
        handoff: true,
      }),
    )
    .option('--json', 'print one JSON object', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action(async (loop: string, options: ImproveOptions) => {
      if (options.handoff) return await (await import('../learning/hand-off.ts')).handOff(context, loop, options);
      const { improve } = await import('../learning/improve.ts');
      process.exitCode = await improve(context, loop, options);
    });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 10_000))
    throw new InvalidArgumentError('expected a number from 0 to 10000');
  return value;
}
