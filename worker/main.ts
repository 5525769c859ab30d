import { Command } from 'commander';
import { EXIT } from '../contract/exit-codes.ts';
import { CommandError, type CommandContext } from './commands/context.ts';
import { demoCommand } from './commands/demo.ts';
import { initCommand } from './commands/init.ts';
import { temporalCommand } from './commands/temporal.ts';
import { upCommand } from './commands/up.ts';
import { workerCommand } from './commands/worker.ts';
import { VERSION } from './package-root.ts';
import { cacheFolder } from './temporal/cache-folder.ts';

const context: CommandContext = {
  env: process.env,
  cacheDir: cacheFolder(process.env),
  version: VERSION,
  report: (text) => void process.stderr.write(`${text}\n`),
  print: (text) => void process.stdout.write(`${text}\n`),
};

const program = new Command('loopwright')
  .description('Runs agent loops that people can leave alone, on Temporal.')
  .version(VERSION)
  .configureHelp({ sortSubcommands: false })
  // `temporal --version` is for the Temporal CLI.
  .enablePositionalOptions()
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

const commands = [upCommand, workerCommand, temporalCommand, initCommand, demoCommand];
for (const command of commands) program.addCommand(command(context).copyInheritedSettings(program));

try {
  await program.parseAsync();
} catch (error) {
  context.report(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof CommandError ? error.exitCode : EXIT.failure;
}
