import type { Digest, Timestamp } from '../contract/names.ts';
import { digestOf } from './artefacts.ts';
import type { Database } from './group-commit.ts';

/** What a source answered. */
export interface SourceAnswer {
  /** Of everything that the answer depends on. */
  readonly key: string;
  readonly loop: string;
  readonly body: string;
  readonly at: Timestamp;
  /** Deleted after this. */
  readonly expiresAt: Timestamp;
}

/** Answers of sources that may be used again for a time. It is a cache: all of it may be deleted at any moment. */
export interface SourceAnswers {
  /** What was answered under a key, at `since` or later. */
  find(
    key: string,
    since: Timestamp,
  ): Promise<{ readonly body: string; readonly digest: Digest; readonly at: Timestamp } | undefined>;
  /** Keeps an answer; an older one under the key goes, and a newer one stays. */
  put(answer: SourceAnswer): Promise<void>;
  /** Deletes what has expired. */
  expire(now: Timestamp): Promise<void>;
}

/** Answers of sources, in SQL. */
export function sqlSourceAnswers({ read, write }: Database): SourceAnswers {
  return {
    find: (key, since) =>
      read
        .selectFrom('source_answers')
        .select(['body', 'digest', 'at'])
        .where('key', '=', key)
        .where('at', '>=', since)
        .executeTakeFirst(),
    async put({ key, loop, body, at, expiresAt }) {
      const row = { loop, body, digest: digestOf(body), at, expires_at: expiresAt };
      await write((trx) =>
        trx
          .insertInto('source_answers')
          .values({ key, ...row })
          .onConflict((on) => on.column('key').doUpdateSet(row).where('source_answers.at', '<', at))
          .execute(),
      );
    },
    async expire(now) {
      const some = await read
        .selectFrom('source_answers')
        .select('key')
        .where('expires_at', '<=', now)
        .executeTakeFirst();
      if (some === undefined) return;
      await write((trx) => trx.deleteFrom('source_answers').where('expires_at', '<=', now).execute());
    },
  };
}
