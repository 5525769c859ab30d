import type { JudgementKey, Store } from '../../store/ports.ts';

/**
 * What verifiers found about an artefact before one of them broke. It is read from the store before the first is asked;
 * models' answers go there at once, because they are paid for, and those of checks when they are needed again.
 */
export class Kept {
  readonly #store: Store;
  readonly #key: JudgementKey;
  readonly #now: () => number;
  readonly #known: ReadonlyMap<string, string>;
  readonly #noted = new Map<string, string>();

  private constructor(store: Store, key: JudgementKey, now: () => number, known: ReadonlyMap<string, string>) {
    this.#store = store;
    this.#key = key;
    this.#now = now;
    this.#known = known;
  }

  /** What is kept for a judgement that does not stand yet. */
  static async of(store: Store, key: JudgementKey, now: () => number): Promise<Kept> {
    return new Kept(store, key, now, await store.findings.of(key));
  }

  /** The answer that was kept; undefined where it has to be asked for. */
  find(asked: string): string | undefined {
    return this.#known.get(asked);
  }

  /** Keeps an answer at once. */
  async keep(asked: string, body: string): Promise<void> {
    await this.#store.findings.keep(this.#key, new Map([[asked, body]]), this.#now());
  }

  /** Notes an answer that is kept only where {@link keepNoted} is called. */
  note(asked: string, body: string): void {
    this.#noted.set(asked, body);
  }

  /** Keeps what was noted: the verdict has to wait for somebody else. */
  async keepNoted(): Promise<void> {
    await this.#store.findings.keep(this.#key, this.#noted, this.#now());
  }
}
