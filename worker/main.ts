import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { EXIT } from '../contract/exit-codes.ts';
import { CommandError, type CommandContext } from './commands/context.ts';
import { demoCommand } from './commands/demo.ts';
import { reviewCommand } from './commands/review.ts';
import { runsCommand } from './commands/runs.ts';
import { temporalCommand } from './commands/temporal.ts';
import { upCommand } from './commands/up.ts';
import { workerCommand } from './commands/worker.ts';
import { cacheFolder } from './temporal/cache-folder.ts';

const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8')) as {
  version: string;
};

const context: CommandContext = {
  env: process.env,
  cacheDir: cacheFolder(process.env),
  version,
  report: (text) => void process.stderr.write(`${text}\n`),
  print: (text) => void process.stdout.write(`${text}\n`),
};

const program = new Command('loopwright')
  .description('Runs agent loops that people can leave alone, on Temporal.')
  .version(version)
  .configureHelp({ sortSubcommands: false })
  // `temporal --version` is for the Temporal CLI.
  .enablePositionalOptions()
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

const commands = [upCommand, workerCommand, temporalCommand, demoCommand, runsCommand, reviewCommand];
for (const command of commands) program.addCommand(command(context).copyInheritedSettings(program));

try {
  await program.parseAsync();
} catch (error) {
  context.report(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof CommandError ? error.exitCode : EXIT.failure;
}
