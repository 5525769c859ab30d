import { Command } from 'commander';
import { EXIT } from '../contract/exit-codes.ts';
import type { CommandContext } from './command.ts';
import { approvalsCommand } from './commands/approvals.ts';
import { casesCommand } from './commands/cases.ts';
import { costCommand } from './commands/cost.ts';
import { auditCommand } from './commands/audit.ts';
import { backupCommand } from './commands/backup.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { eraseCommand } from './commands/erase.ts';
import { harnessCommand } from './commands/harness.ts';
import { evalCommand } from './commands/eval.ts';
import { hooksCommand } from './commands/hooks.ts';
import { improveCommand } from './commands/improve.ts';
import { initCommand } from './commands/init.ts';
import { lessonsCommand } from './commands/lessons.ts';
import { judgesCommand } from './commands/judges.ts';
import { notifyCommand } from './commands/notify.ts';
import { restoreCommand } from './commands/restore.ts';
import { reviewCommand } from './commands/review.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { temporalCommand } from './commands/temporal.ts';
import { upCommand } from './commands/up.ts';
import { usersCommand } from './commands/users.ts';
import { validateCommand } from './commands/validate.ts';
import { whyCommand } from './commands/why.ts';
import { workerCommand } from './commands/worker.ts';

/** Commands in the order in which help shows them. */
const COMMANDS = [
  upCommand,
  workerCommand,
  temporalCommand,
  initCommand,
  validateCommand,
  reviewCommand,
  runCommand,
  runsCommand,
  whyCommand,
  approvalsCommand,
  harnessCommand,
  evalCommand,
  improveCommand,
  casesCommand,
  lessonsCommand,
  costCommand,
  judgesCommand,
  scheduleCommand,
  hooksCommand,
  notifyCommand,
  usersCommand,
  auditCommand,
  backupCommand,
  restoreCommand,
  eraseCommand,
  demoCommand,
  doctorCommand,
];

/** The command line; nothing runs before it parses its words. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('loopwright')
    .description('Runs agent loops that people can leave alone, on Temporal.')
    .version(context.version)
    .configureHelp({ sortSubcommands: false })
    // `temporal --version` is for the Temporal CLI.
    .enablePositionalOptions()
    .showHelpAfterError('(--help says what there is.)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));
  for (const make of COMMANDS) {
    const command = make(context).copyInheritedSettings(program);
    for (const inner of command.commands) inner.copyInheritedSettings(command);
    program.addCommand(command);
  }
  return program;
}
