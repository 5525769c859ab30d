import type { Changes } from '../store/changes.ts';

/** How often the record is asked for news while somebody waits for some, in milliseconds. */
const LOOK_EVERY_MS = 400;

/** Asks the record for news, once for all who wait for some; nobody waits, nobody asks. */
export class NewsStand {
  readonly #changes: Pick<Changes, 'newest'>;
  readonly #waiting = new Set<{ readonly after: number; readonly hear: () => void }>();
  #looking = false;

  constructor(changes: Pick<Changes, 'newest'>) {
    this.#changes = changes;
  }

  /** Resolves once there is news after a number, or when `signal` says that nobody waits any more. */
  async after(seq: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const one = {
        after: seq,
        hear: () => {
          this.#waiting.delete(one);
          signal.removeEventListener('abort', one.hear);
          resolve();
        },
      };
      signal.addEventListener('abort', one.hear);
      this.#waiting.add(one);
      this.#lookLater();
    });
  }

  #lookLater(): void {
    if (this.#looking) return;
    this.#looking = true;
    setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    // A store that cannot be read now is asked again.
    const newest = await this.#changes.newest().catch(() => 0);
    for (const one of this.#waiting) if (newest > one.after) one.hear();
    this.#looking = false;
    if (this.#waiting.size > 0) this.#lookLater();
  }
}
