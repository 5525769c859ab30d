import { PassThrough } from 'node:stream';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import type { Recorded } from '../../testing/replay.ts';

type Replays = ReturnType<typeof Worker.runReplayHistories>;

/** Replays histories one by one on a worker that stays: to start one takes longer than most tests. */
export class Replayer {
  readonly #recorded = new PassThrough({ objectMode: true });
  readonly #replays: Replays;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ReplayWorkerOptions) {
    this.#replays = Worker.runReplayHistories(options, this.#recorded);
  }

  /** @throws the SDK's `DeterminismViolationError` where the code no longer does what the history says. */
  async replay(recorded: Recorded): Promise<void> {
    const turn = this.#last.then(() => this.#replayNow(recorded));
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  async #replayNow(recorded: Recorded): Promise<void> {
    this.#recorded.write(recorded);
    const { value } = await this.#replays.next();
    if (value === undefined) throw new Error(`${recorded.workflowId} was not replayed: the worker has stopped`);
    if (value.error !== undefined) throw value.error;
  }
}
