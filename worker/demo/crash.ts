import type { WorkerProcess } from './worker-process.ts';

/** What a kill did. */
export interface Crash {
  /** Runs that were at work when the worker was killed. */
  readonly inFlight: number;
  /** From the kill until all of them were closed, in milliseconds. */
  readonly recoveredMs: number;
}

/** Kills the worker with -9 when so many messages are done, starts another, and watches until every run that was in flight has closed. */
export class CrashTest {
  readonly #killAt: number;
  readonly #restart: (dead: WorkerProcess) => Promise<WorkerProcess>;
  #victims: Set<string> | undefined;
  #killedAt = 0;
  #crash: Crash | undefined;

  constructor(killAt: number, restart: (dead: WorkerProcess) => Promise<WorkerProcess>) {
    this.#killAt = killAt;
    this.#restart = restart;
  }

  /** What happened, once every run is back. */
  get crash(): Crash | undefined {
    return this.#crash;
  }

  /** To be called each tick; returns the worker that is at work now, and whether it was killed in this tick. */
  async tick(done: number, open: ReadonlySet<string>, worker: WorkerProcess): Promise<WorkerProcess> {
    if (this.#victims === undefined) {
      if (done < this.#killAt || open.size === 0) return worker;
      this.#victims = new Set(open);
      this.#killedAt = performance.now();
      await worker.kill();
      return await this.#restart(worker);
    }
    if (this.#crash === undefined && [...this.#victims].every((id) => !open.has(id))) {
      this.#crash = { inFlight: this.#victims.size, recoveredMs: Math.round(performance.now() - this.#killedAt) };
    }
    return worker;
  }
}
