import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command.ts';
import { dataOption, version, who } from './options.ts';

/** What all of them may be told. */
export interface Common {
  readonly json: boolean;
  readonly data: string;
  /** Who moves it, where nobody has to prove it. */
  readonly as?: string;
}

/** What is exported, and where to. */
export interface Exporting extends Common {
  readonly version?: string;
  readonly file?: string;
  readonly force: boolean;
}

/** With what words a candidate is promoted. */
export interface Promoting extends Common {
  readonly reason: string;
  readonly unproven: boolean;
  readonly expected?: string;
}

/** Where to, and with what words, a loop goes back. */
export interface RollingBack extends Common {
  readonly reason: string;
  readonly to?: string;
  readonly expected?: string;
}

const HELP = `
A loop runs on one version of its harness: new runs take it, runs that are open end on what they began with. harness.yaml
is the first; what learning promotes comes after, until the file changes and takes over.

  loopwright harness list supportTriage
  loopwright harness diff supportTriage v2 v3
  loopwright harness rollback supportTriage --reason 'it asks too often'
  loopwright harness export supportTriage --file loops/triage/harness.yaml

Exits 3 where there is no such version, 5 where the loop does not run on what was expected, 7 where nothing has proven a
candidate, 4 where it is not yours to move: rollback takes the scope \`decide\`, promote the owner of the data folder.`;

/** `loopwright harness`: versions of a loop's harness, and which one it runs on. */
export function harnessCommand(context: CommandContext): Command {
  const harness = new Command('harness')
    .description("versions of a loop's harness: list, history, show, diff, export, promote, rollback")
    .addHelpText('after', HELP);
  const inner = (name: string, words: string): Command =>
    harness
      .command(name)
      .description(words)
      .argument('<loop>', 'name of the loop')
      .option('--json', 'print JSON', false)
      .option(...dataOption(context));
  const moving = (name: string, words: string): Command =>
    inner(name, words)
      .requiredOption('--reason <words>', 'why; goes on record', reason)
      .option(
        '--as <name>',
        'who you are, without LOOPWRIGHT_TOKEN (default: git’s user.email, else the user’s name)',
        who,
      );
  inner('list', 'list versions, newest first: where they come from, how they stand, on what evidence').action(
    async (loop: string, options: Common) => (await work()).list(context, options, loop),
  );
  inner('history', 'list every move between versions, newest first: who, why, on what evidence').action(
    async (loop: string, options: Common) => (await work()).history(context, options, loop),
  );
  inner('show', 'show what a version says, as harness.yaml would')
    .argument('[version]', 'such as v3 (default: what the loop runs on)', version)
    .action(async (loop: string, named: string | undefined, options: Common) =>
      (await work()).show(context, options, loop, named),
    );
  inner('diff', 'show what changed between two versions, component by component')
    .argument('<from>', 'such as v2', version)
    .argument('<to>', 'such as v3', version)
    .action(async (loop: string, from: string, to: string, options: Common) =>
      (await work()).diff(context, options, loop, [from, to]),
    );
  inner('export', 'print a version as harness.yaml, or write it there: it loads as the same again, without comments')
    .option('--version <version>', 'such as v3 (default: what the loop runs on)', version)
    .option('--file <path>', 'file to write')
    .option('--force', 'write over a file that says what no version says', false)
    .action(async (loop: string, options: Exporting) =>
      (await import('../harness/export.ts')).exportYaml(context, options, loop),
    );
  moving('promote', 'let a loop run on a candidate, past every gate')
    .argument('<version>', 'such as v5', version)
    .option('--unproven', 'although nothing has proven that it is better; it stays marked so', false)
    .option(
      '--expected <version>',
      'what the loop must run on now (default: what the candidate was made from)',
      version,
    )
    .action(async (loop: string, named: string, options: Promoting) =>
      (await work()).promote(context, options, loop, named),
    );
  moving('rollback', 'let a loop run on an earlier version again, at once')
    .option('--to <version>', 'default: what it ran on before the newest move that was not taken back', version)
    .option('--expected <version>', 'what the loop must run on now (default: anything)', version)
    .action(async (loop: string, options: RollingBack) => (await work()).rollback(context, options, loop));
  return harness;
}

const work = async () => await import('../harness/work.ts');

function reason(text: string): string {
  const words = text.trim();
  if (words === '' || words.length > 2000) throw new InvalidArgumentError('expected 1 to 2000 characters');
  return words;
}
