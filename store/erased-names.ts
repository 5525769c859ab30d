import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';

/** So much of a keyed digest, in hex digits, tells names apart. */
const DIGITS = 32;

/**
 * What erased names became: a digest under a key of this store. Whoever brings the name again is known by it, so that
 * work which was done once stays done, and who does not bring it cannot read it. The key lies in the same store: a name
 * that can be guessed can be tried out by whoever has the file.
 */
export class ErasedNames {
  #salt: string | undefined;

  private constructor(salt: string | undefined) {
    this.#salt = salt;
  }

  static async in(database: Kysely<Tables>): Promise<ErasedNames> {
    const row = await database.selectFrom('erasure_salt').select('salt').executeTakeFirst();
    return new ErasedNames(row?.salt);
  }

  /** What a name became, or would have become; undefined where this store never erased a thing. */
  of(name: string): string | undefined {
    if (this.#salt === undefined) return undefined;
    return `erased-${createHmac('sha256', this.#salt).update(name).digest('hex').slice(0, DIGITS)}`;
  }

  /** What the key of an effect, `<work>/<effect>`, became: that of its work, and the effect. */
  ofEffect(key: string): string | undefined {
    const end = key.lastIndexOf('/');
    const work = this.of(key.slice(0, end));
    return end < 0 || work === undefined ? this.of(key) : work + key.slice(end);
  }

  /** Digest by which a subject is known again by who names it. Slow on purpose: people's names and addresses can be guessed. */
  ofSubject(subject: string): string {
    return scryptSync(subject.normalize('NFC').trim().toLowerCase(), this.#salt ?? '', 32).toString('hex');
  }

  /** Makes the key, with the first erasure. The transaction may be undone and done again: what it holds then is the key. */
  async begin(trx: Kysely<Tables>): Promise<void> {
    await trx
      .insertInto('erasure_salt')
      .values({ one: 1, salt: randomBytes(32).toString('hex') })
      .onConflict((on) => on.doNothing())
      .execute();
    await this.reread(trx);
  }

  /** Takes the key as it is on disk: also after a transaction that was undone. */
  async reread(database: Kysely<Tables>): Promise<void> {
    const row = await database.selectFrom('erasure_salt').select('salt').executeTakeFirst();
    this.#salt = row?.salt;
  }
}
