import { Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { dataOption } from './options.ts';

interface Options {
  readonly force: boolean;
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
Every sum is checked first. Exits with 5 where the data folder is in use or not empty; --force moves it aside and deletes
nothing. What was done after the backup was made is not known to the restored folder: the output says what that means.`;

/** `loopwright restore`: a data folder of a backup. */
export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description('make a data folder of a backup, ready to start')
    .argument('<backup>', 'folder that `backup` made')
    .option('--force', 'move a data folder that is in the way aside', false)
    .option('--json', 'print one JSON object: { manifest, doubtful, aside? }', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action((backup: string, options: Options) => run(context, backup, options));
}

async function run({ print }: CommandContext, backup: string, { force, json, data }: Options): Promise<void> {
  const [{ restore }, { restoredText }] = await Promise.all([
    import('../keep/restore.ts'),
    import('../keep/manifest-text.ts'),
  ]);
  const restored = await restore({ backup, data, force, now: Date.now });
  print(json ? JSON.stringify(restored) : restoredText(data, restored));
}
