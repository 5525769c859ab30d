import { execFile, type ExecFileException } from 'node:child_process';

/** How a run of python3 ended: what it printed, or why there is nothing. */
export type PythonRun = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly why: string };

/** Where and how long python3 may run. */
export interface PythonOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Its working folder: `python3 -m` looks for modules there first, so it must hold nobody's files. */
  readonly folder: string;
  readonly timeoutMs: number;
}

const unreachable =
  /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|Name or service not known|Temporary failure in name resolution/;

/** Runs `python3` with these arguments. Never throws: what went wrong is said in words a person can act on. */
export async function runPython(
  args: readonly string[],
  { env, folder, timeoutMs }: PythonOptions,
): Promise<PythonRun> {
  return await new Promise((resolve) => {
    execFile(
      'python3',
      args,
      { env, cwd: folder, timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, _stdout, stderr) => {
        resolve(error === null ? { kind: 'done' } : { kind: 'failed', why: whyFailed(error, stderr, timeoutMs) });
      },
    );
  });
}

function whyFailed(error: ExecFileException, stderr: string, timeoutMs: number): string {
  if (error.code === 'ENOENT') return 'python3 was not found on PATH';
  if (error.killed === true) return `python3 was not done after ${timeoutMs / 1000} s`;
  if (/No module named pip/.test(stderr)) return 'python3 is there but has no pip';
  const detail = stderr.trim().split('\n').slice(-2).join(' ') || error.message;
  return unreachable.test(stderr)
    ? `pip could not reach its package index (no network?): ${detail}`
    : `python3 failed: ${detail}`;
}
