import { Console } from 'node:console';
import { EXIT } from '../contract/exit-codes.ts';
import { CommandError, type CommandContext } from './command.ts';
import { plainText } from '../core/plain-text.ts';
import { jsonLine, logsJson } from './json-line.ts';
import { VERSION } from './package/package-root.ts';
import { createProgram } from './program.ts';
import { redactor } from './redactor.ts';
import { cacheFolder } from './temporal/cache-folder.ts';

const hide = redactor(process.env);

const context: CommandContext = {
  env: process.env,
  cacheDir: cacheFolder(process.env),
  version: VERSION,
  // For people, and mostly about what others wrote: files, servers, programs.
  report: (text) =>
    void process.stderr.write(
      `${logsJson(process.env) ? jsonLine(Date.now(), 'info', hide(text)) : plainText(text)}\n`,
    ),
  print: (text) => void process.stdout.write(`${text}\n`),
};

// What a loop's own code prints is no data of ours.
globalThis.console = new Console(process.stderr);

// Whoever reads may have read enough: `loopwright runs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});

try {
  await createProgram(context).parseAsync();
} catch (error) {
  context.report(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof CommandError ? error.exitCode : EXIT.failure;
}
