import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs "$@" and ends it when the other end of fd 3 closes, which is what the kernel does to a parent however it dies.
 * The watcher is a process of its own, so it outlives a kill of this shell; only `read` is used, a builtin, so no third process can
 * hold fd 3 open. The pid goes out over fd 3, which Node makes a socket and so two-way.
 */
const tether = `
"$@" 3<&- &
program=$!
(
  read -r _ <&3
  kill -TERM "$program"
  seconds=0
  while [ "$seconds" -lt 5 ] && kill -0 "$program"; do sleep 1; seconds=$((seconds + 1)); done
  kill -KILL "$program"
) >/dev/null 2>&1 &
watcher=$!
echo "$program" >&3
exec 3<&-
trap 'kill -TERM "$program" 2>/dev/null' TERM INT HUP
while :; do
  wait "$program"
  code=$?
  kill -0 "$program" 2>/dev/null || break
done
kill -KILL "$watcher" 2>/dev/null
exit "$code"
`;

/** How a program ended: an exit code, or the signal that ended it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that ends when its parent does. */
export interface Tethered {
  /** Of the program itself, not of the shell around it. */
  readonly pid: number;
  /** Resolves when the program is gone; never rejects. */
  readonly exited: Promise<Ended>;
  /** Asks it to end, kills it after `graceMs` milliseconds, resolves when it is gone. May be called again. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a program that ends with this process, also when this process is killed with -9: SIGTERM, then SIGKILL after 5 s.
 *
 * It gets a session of its own: Ctrl-C in the terminal reaches us alone, and we stop it in order. Its output goes to the
 * descriptor `output`. On Windows there is no such shell: there it is a plain child, which a killed parent leaves behind.
 * Rejects where the shell cannot be started; a program that cannot be run ends with code 126 or 127 and the reason in its output.
 */
export async function startTethered(
  command: readonly [file: string, ...args: string[]],
  options: { readonly env: NodeJS.ProcessEnv; readonly output: number },
): Promise<Tethered> {
  const { env, output } = options;
  const plain = process.platform === 'win32';
  const [file, ...args] = command;
  const child = plain
    ? spawn(file, args, { env, stdio: ['ignore', output, output], windowsHide: true })
    : spawn('/bin/sh', ['-c', tether, 'loopwright-tether', ...command], {
        env,
        stdio: ['ignore', output, output, 'pipe'],
        detached: true,
      });
  const line = child.stdio[3] as Duplex | null | undefined;
  line?.on('error', () => undefined);
  const shellEnded = new Promise<Ended>((resolve) =>
    child.once('exit', (code, signal) => resolve(asEnded(code, signal))),
  );
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('The shell around the program ended before it.')));
    if (line) line.once('data', (text: Buffer) => resolve(Number(text.toString())));
    else child.once('spawn', () => resolve(child.pid ?? 0));
  });

  const exited = shellEnded.then(async (ended) => {
    line?.destroy();
    // Where the shell itself was killed, the program is still there until the watcher has ended it.
    while (ended.signal !== null && isAlive(pid)) await sleep(50);
    return ended;
  });
  const stop = async (graceMs: number) => {
    signal(pid, 'SIGTERM');
    const grace = new AbortController();
    const kill = sleep(graceMs, undefined, { signal: grace.signal }).then(
      () => killAll(child, pid),
      () => undefined,
    );
    await exited;
    grace.abort();
    await kill;
  };
  return { pid, exited, stop };
}

/** Whether a process of this id exists and may be signalled by us, or belongs to somebody else. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A shell reports a signal as 128 + its number. */
function asEnded(code: number | null, ended: NodeJS.Signals | null): Ended {
  const named = Object.entries(constants.signals).find(([, number]) => code === 128 + number);
  return named === undefined ? { code, signal: ended } : { code: null, signal: named[0] as NodeJS.Signals };
}

function killAll(child: ChildProcess, pid: number): void {
  signal(pid, 'SIGKILL');
  if (process.platform !== 'win32' && child.pid !== undefined) signal(-child.pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}
