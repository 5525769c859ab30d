import { execFile } from 'node:child_process';

/** How a command ended: with an exit code, or not at all, with the reason in words. */
export type CommandOutcome =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'notRun'; readonly reason: string };

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Working folder. */
  readonly cwd?: string;
  /** Killed after this many milliseconds. */
  readonly timeoutMs: number;
}

/** Runs a program without a shell or a terminal, for at most `timeoutMs`; never throws. */
export function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      [...args],
      {
        env: options.env,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        timeout: options.timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 16 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ kind: 'exited', code: 0, stdout, stderr });
        else if (typeof error.code === 'number') resolve({ kind: 'exited', code: error.code, stdout, stderr });
        else if (error.code !== undefined) resolve({ kind: 'notRun', reason: `${file} cannot be run (${error.code})` });
        else if (error.killed)
          resolve({ kind: 'notRun', reason: `${file} gave no answer in ${options.timeoutMs / 1000} s` });
        else resolve({ kind: 'notRun', reason: `${file} was ended by ${error.signal}` });
      },
    );
    child.stdin?.end();
  });
}

/** The last `count` lines of a text that are not blank, trimmed, as one line. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count)
    .join(' | ');
}
