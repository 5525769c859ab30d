import type { Kysely } from 'kysely';
import { first, prepared } from './prepared.ts';
import type { Tables } from './schema.ts';

const countErasures = prepared((database) =>
  database.selectFrom('erasures').select(({ fn }) => fn.countAll<number>().as('n')),
);

/** How often something was erased, counted once: each step of each run asks, and nobody else writes to an owned folder. */
export class ErasureCount {
  readonly #read: Kysely<Tables>;
  #known: Promise<number> | undefined;

  constructor(read: Kysely<Tables>) {
    this.#read = read;
  }

  /** The number now. */
  now(): Promise<number> {
    if (this.#known !== undefined) return this.#known;
    const counted = countErasures(this.#read, {}).then((rows) => first(rows).n);
    this.#known = counted;
    // What failed is counted again.
    counted.catch(() => this.#known === counted && this.forget());
    return counted;
  }

  /** Something was erased: what was counted before counts no more. */
  forget(): void {
    this.#known = undefined;
  }
}
