import { Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { dataOption } from './options.ts';

interface Options {
  readonly force: boolean;
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
It is of one moment, checked when it is written, and there whole or not at all. A worker stays at work meanwhile.
In it: the store, the reports, and the intents that the folder was begun with. Not in it: Temporal's own database
(runs in flight), the cache of vectors, logs.`;

/** `loopwright backup`: a copy of what cannot be made anew. */
export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('copy a data folder into another folder, checked, while a worker is at work or not')
    .argument('<folder>', 'where to; it must not be there yet')
    .option('--force', 'take the place of a backup that is there', false)
    .option('--json', 'print the manifest as one JSON object', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) => run(context, folder, options));
}

async function run({ print, version }: CommandContext, target: string, { force, json, data }: Options): Promise<void> {
  const [{ backUp }, { manifestText }] = await Promise.all([
    import('../keep/backup.ts'),
    import('../keep/manifest-text.ts'),
  ]);
  const manifest = await backUp({ data, target, force, version, now: Date.now });
  print(json ? JSON.stringify(manifest) : manifestText(target, manifest));
}
