import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Note, WorkerProcessOptions } from './notes.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Milliseconds of a tick in /proc/<pid>/stat: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** What the workers of one side have told, by run; it outlives a worker that is killed. */
export class Signs {
  readonly #told = new Map<string, PromiseWithResolvers<number>>();
  #listener: (run: string) => void = () => {};

  /** Resolves when the run waits for its approval. */
  waiting(run: string): Promise<number> {
    return this.#of('waiting', run).promise;
  }

  /** When the first step after the approval began, in milliseconds since 1970. */
  resumed(run: string): Promise<number> {
    return this.#of('resumed', run).promise;
  }

  /** Calls back with a run's id whenever anything is told about it; one listener at a time. */
  listen(listener: (run: string) => void): void {
    this.#listener = listener;
  }

  /** Takes a note from a worker. */
  take(note: Exclude<Note, { kind: 'ready' }>): void {
    if (note.kind !== 'step') this.#of(note.kind, note.run).resolve('at' in note ? note.at : 0);
    this.#listener(note.run);
  }

  #of(kind: string, run: string): PromiseWithResolvers<number> {
    const key = `${kind}/${run}`;
    const known = this.#told.get(key) ?? Promise.withResolvers<number>();
    this.#told.set(key, known);
    return known;
  }
}

/** A worker in a process of its own. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  /** Resolves when the worker polls. */
  readonly ready: Promise<void>;

  constructor(options: WorkerProcessOptions, signs: Signs, profileFolder?: string) {
    const execArgv = profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder];
    this.#child = fork(WORKER, [JSON.stringify(options)], { execArgv, stdio: ['ignore', 2, 2, 'ipc'] });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#child.on('message', (message) => {
      const note = message as Note;
      if (note.kind === 'ready') resolve();
      else signs.take(note);
    });
    this.#child.on('exit', (code, signal) => reject(new Error(`The worker ended (${signal ?? `exit code ${code}`}).`)));
    promise.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Lets what is in flight finish; resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.send('stop');
    await gone;
  }
}

/** CPU time that a process has used, all its threads, in milliseconds; undefined where there is no /proc. */
export function cpuMsOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  // Fields 14 and 15, utime and stime; the second one is the name in parentheses and may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
