import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command.ts';
import { dataOption, positive, upTo, usd, version } from './options.ts';

/** What `loopwright eval` was told. */
export interface EvalOptions {
  readonly harness?: string;
  readonly against?: string;
  readonly withoutLesson?: number;
  readonly most?: number;
  readonly atLeast: number;
  readonly budgetUsd: number;
  readonly html?: string;
  readonly show?: string;
  readonly ready: boolean;
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
Each case is a real run of the loop, dry, on what the loop knew before a person gave that answer. A case passes where its
answer has what the case expects and the verifiers let it through. Cases grow from what people decide, and come from
cases.jsonl; \`loopwright cases list <loop>\` lists them.

The whole passes where every pinned case does, and where the cases prove (95 %) that at least --at-least of them pass; an
empty or partial result is \`inconclusive\`. An eval goes on where it is when the worker was killed, and when this command
is stopped: --show tells of it, by its id.

Exits: 0 pass    7 fail    1 inconclusive, or it could not run    2 the options do not fit    3 there is no such loop
--ready runs nothing: 0 where the newest eval of the current version passed, else 1.

  loopwright eval supportTriage                              how good the current harness is
  loopwright eval supportTriage --harness v3 --against v2    one version held against another
  loopwright eval supportTriage --without-lesson 4711        whether a lesson helps or harms
  loopwright eval supportTriage --against eval-supportTriage-m3x   the loop's code has changed since: what did that do?
  loopwright eval supportTriage --ready                      for a deployment: is there a baseline, and does it hold?`;

/** `loopwright eval`: how good a version of a harness is. */
export function evalCommand(context: CommandContext): Command {
  return new Command('eval')
    .description('run the cases of a loop on a version of its harness, or on two, and say what they prove')
    .argument('<loop>', "the loop's name, e.g. supportTriage")
    .option('--harness <version>', 'version to measure, e.g. v3 (default: the current one)', version)
    .option(
      '--against <version>',
      'version to hold it against, or the id of an earlier eval, for what changed in code',
      against,
    )
    .option('--without-lesson <id>', 'hold it against itself without this lesson: what is the lesson worth?', lesson)
    .option('--most <n>', 'at most so many cases, the pinned ones first (default: all)', upTo(100_000))
    .option('--at-least <share>', 'share of the cases that has to pass', share, 0.8)
    .option('--budget-usd <usd>', 'most that all runs together may cost', usd, 5)
    .option('--html <file>', 'write the report as a page of its own')
    .option('--show <id>', 'run nothing: show the report of an earlier eval, trial or watch')
    .option('--ready', 'run nothing: say whether the current version has a baseline that passed', false)
    .option('--json', 'print one JSON object, money in micro-USD', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action(async (loop: string, options: EvalOptions) => {
      const { evaluate } = await import('../learning/evaluate.ts');
      process.exitCode = await evaluate(context, loop, options);
    });
}

const lesson = (text: string): number => positive(text.replace(/^#/, ''));

function against(text: string): string {
  if (!/^(v[1-9]\d{0,8}|eval-.{1,480})$/.test(text))
    throw new InvalidArgumentError('expected a version such as v3, or the id of an eval');
  return text;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('expected a share from 0 to 1');
  return value;
}
