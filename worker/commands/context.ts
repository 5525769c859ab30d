import { InvalidArgumentError, type Command } from 'commander';
import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import { defaultData } from '../default-data.ts';

/** What every command gets from the process it runs in. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly version: string;
  /** A line for people, on stderr. */
  readonly report: (text: string) => void;
  /** A line of data, on stdout. */
  readonly print: (text: string) => void;
}

/** Ends a command with a message and an exit code of its own; any other error ends it with 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Words of the option that names the data folder. */
export const dataOption = ({ env }: CommandContext) =>
  ['--data <dir>', 'data folder; one process owns it', defaultData(env)] as const;

/** Words of the option that names a folder of loops. */
export const LOOPS_OPTION = ['--loops <dir>', "folder of loops, in place of the project's own"] as const;

/** Words of the option that watches it. */
export const WATCH_OPTION = ['--watch', 'take changes in that folder at once, without losing a run', false] as const;

/** Whether a stream gets colours: a terminal does, unless `NO_COLOR` says anything (https://no-color.org). */
export function paints(env: NodeJS.ProcessEnv, { isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** The project's own loops are not watched. */
export function refuseLoneWatch(command: Command, options: { readonly loops?: string; readonly watch: boolean }): void {
  if (options.watch && options.loops === undefined)
    command.error('error: --watch needs --loops <dir>: the folder to watch', { exitCode: EXIT.usage });
}

/** Reads an option that is a whole number from 1. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return value;
}

/** Reads an option that is a TCP port. */
export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError('expected a port from 1 to 65535');
  return value;
}
