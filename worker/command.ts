import { EXIT, type ExitCode } from '../contract/exit-codes.ts';

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
