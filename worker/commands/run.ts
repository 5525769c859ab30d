import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command.ts';
import { dataOption, who } from './options.ts';
import type { RunCommandOptions } from '../run/options.ts';

const HELP = `
The workflow id is <loop>-<key>; without --key, the key is made of the input, so that the same command twice is one run.
A dry run has an id of its own and claims no work.

In a job of GitHub Actions or GitLab CI the run's trigger is \`ci\`, with the job and who started it.

While such a run is open, the same key with another input is refused.

stdout is the workflow id, or with --wait, --watch and --dry-run the result as JSON, with
the workflow id in it, which is also what \`loopwright why\` takes. Exits, where it waits:
  0 accepted, noWork, dryRun        1 rejected, expired, blocked, stopped, failed, out of time
  2 the input does not fit          3 there is no such loop           5 the key's run is open, with another input
  6 over budget                     7 a verifier said no until the end (exhausted, stalled)
  8 with --no-human: it waits for a human`;

/** `loopwright run`: starts a run, and waits for it where asked to. */
export function runCommand(context: CommandContext): Command {
  return new Command('run')
    .description('start a run of a loop')
    .argument('<loop>', "the loop's name, e.g. supportTriage")
    .option('--input <json>', 'the input, one JSON object; - reads stdin')
    .option('--input-file <file>', 'the input, from a file; - reads stdin')
    .option('--key <key>', 'what makes the workflow id: <loop>-<key>; letters, digits and . _ - :', runKey)
    .option('--by <who>', 'who asks for it', who)
    .option('--budget-usd <usd>', "lowers the run's budget", usd)
    .option('--harness <version>', 'another harness version, e.g. v3; one that was never promoted runs dry')
    .option('--rerun', 'do work again that is done already', false)
    .option('--dry-run', 'everything but the effects; waits, and says what would have happened', false)
    .option('--watch', 'wait, with a line on stderr for each thing that happens', false)
    .option('--wait', 'wait for the result', false)
    .option('--no-human', 'do not wait for a human: exit with 8 as soon as a gate is open')
    .option('--json', 'print one JSON object', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action(async (loop: string, options: RunCommandOptions) => {
      const { startAndFollow } = await import('../run/start.ts');
      process.exitCode = await startAndFollow(context, loop, options);
    });
}

/** What can be pasted into a command as it is; an empty one is mostly a variable that nobody has set. */
function runKey(text: string): string {
  if (!/^[\w.:-]{1,200}$/.test(text))
    throw new InvalidArgumentError('expected 1 to 200 letters (a-z), digits, ".", "_", "-" or ":"');
  return text;
}

function usd(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('expected an amount in USD, 0 or more');
  return value;
}
