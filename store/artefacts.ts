import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { ArtefactOwner, Artefacts } from './ports.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';
import type { Database } from './group-commit.ts';

/** Content address of a text. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const selectBody = prepared((database, { digest }: { digest: string }) =>
  database.selectFrom('artefacts').select('body').where('digest', '=', digest),
);

const insertBody = prepared((database, { digest, body }: { digest: string; body: string }) =>
  database
    .insertInto('artefacts')
    .values({ digest, body })
    .onConflict((on) => on.doNothing()),
);

const insertOwner = prepared((database, { digest, runKey, keep }: ArtefactOwner & { digest: string }) =>
  database
    .insertInto('artefact_owners')
    .values({ digest, run_key: runKey, keep })
    .onConflict((on) => on.doNothing()),
);

const selectExpiring = prepared((database, { runKey }: { runKey: string }) =>
  database.selectFrom('artefact_owners').select('digest').where('run_key', '=', runKey).where('keep', '=', 'run'),
);

const deleteOwners = prepared((database, { runKey }: { runKey: string }) =>
  database.deleteFrom('artefact_owners').where('run_key', '=', runKey).where('keep', '=', 'run'),
);

const deleteUnowned = prepared((database, { digest }: { digest: string }) =>
  database
    .deleteFrom('artefacts')
    .where('digest', '=', digest)
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('artefact_owners')
            .select('digest')
            .whereRef('artefact_owners.digest', '=', 'artefacts.digest'),
        ),
      ),
    ),
);

/** Durable texts that were stored lately, by digest: a step mostly reads what the step before it stored. */
export type RecentTexts = LRUCache<string, string>;

/** Keeps at most 8 million characters, of texts of at most 64 Ki. */
export function recentTexts(): RecentTexts {
  return new LRUCache({ maxSize: 8_000_000, maxEntrySize: 65_536, sizeCalculation: (text) => text.length + 1 });
}

/** Bodies by content address, in SQL. */
export function sqlArtefacts({ read, write }: Database, recent: RecentTexts): Artefacts {
  return {
    digest: digestOf,
    async put(text, owner) {
      const digest = await write((trx) => putArtefact(trx, text, owner));
      if (owner.keep === 'durable') recent.set(digest, text);
      return digest;
    },
    async get(digest) {
      const known = recent.get(digest);
      if (known !== undefined) return known;
      const [row] = await selectBody(read, { digest });
      return row?.body;
    },
  };
}

/** Stores a text for a run and returns its digest. */
export async function putArtefact(trx: Kysely<Tables>, text: string, owner: ArtefactOwner): Promise<string> {
  const digest = digestOf(text);
  await insertBody(trx, { digest, body: text });
  await insertOwner(trx, { digest, runKey: owner.runKey, keep: owner.keep });
  return digest;
}

/** Deletes a run's `run` artefacts that nobody else holds. */
export async function expireArtefacts(trx: Kysely<Tables>, runKey: string): Promise<void> {
  const mine = await selectExpiring(trx, { runKey });
  if (mine.length === 0) return;
  await deleteOwners(trx, { runKey });
  for (const { digest } of mine) await deleteUnowned(trx, { digest });
}
