import { relative } from 'node:path';
import { Command } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import { CommandError, type CommandContext } from '../command.ts';

/** `loopwright init`: a loop of your own that runs at once. */
export function initCommand({ print, report }: CommandContext): Command {
  return new Command('init')
    .description('write a loop of your own that runs at once, keyless: definition, harness, cases, test, README')
    .argument('<name>', 'name of the loop in camelCase; it is the Temporal workflow type too')
    .option('--dir <dir>', 'folder to put the loop’s folder into', '.')
    .option('--json', 'print one line of JSON', false)
    .action(async (name: string, { dir, json }: { dir: string; json: boolean }) => {
      const { CannotInit, init } = await import('../init/init.ts');
      try {
        const { folder, files } = await init(name, dir);
        print(
          json ? JSON.stringify({ loop: name, folder, files }) : files.map((file) => shown(folder, file)).join('\n'),
        );
        if (!json) report(nextSteps(name, dir));
      } catch (error) {
        if (error instanceof CannotInit)
          throw new CommandError(error.message, error.kind === 'taken' ? EXIT.conflict : EXIT.usage);
        throw error;
      }
    });
}

function shown(folder: string, file: string): string {
  return `${relative(process.cwd(), folder) || '.'}/${file}`;
}

function nextSteps(name: string, dir: string): string {
  return [
    '',
    'Next:',
    `  npx loopwright validate ${dir}`,
    `  npx loopwright up --loops ${dir}`,
    `  npx loopwright run ${name} --key 1 --wait --input '{"id":"1","text":"The pump in hall 2 leaks again. Third time this week."}'`,
    `${name}/README.md says what each file is for.`,
  ].join('\n');
}
