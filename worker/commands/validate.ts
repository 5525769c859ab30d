import { Command } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import { mistakeLine } from '../../contract/mistake.ts';
import { plainText } from '../../core/plain-text.ts';
import { CommandError, type CommandContext } from '../command.ts';

/** `loopwright validate`: what is wrong with loops, without running anything. */
export function validateCommand({ env, cacheDir, print }: CommandContext): Command {
  return new Command('validate')
    .description('say what is wrong with the loops in a folder, by file, line and fix; starts nothing')
    .argument('[paths...]', 'folders of loops, or files of one (default: here)')
    .option('--json', 'print one JSON object: { ok, loops, mistakes }', false)
    .action(async (paths: readonly string[], { json }: { json: boolean }) => {
      const { validate } = await import('../load/validate.ts');
      const found = await validate({ env, cacheDir, cwd: process.cwd(), paths: paths.length === 0 ? ['.'] : paths });
      if (json) print(JSON.stringify({ ok: found.mistakes.length === 0 && found.missing === undefined, ...found }));
      else {
        for (const { name, folder } of found.loops) print(`ok ${name} (${folder})`);
        for (const mistake of found.mistakes) print(plainText(mistakeLine(mistake)));
      }
      if (found.missing !== undefined) throw new CommandError(found.missing, EXIT.notFound);
      if (found.mistakes.length > 0) process.exitCode = EXIT.failure;
    });
}
