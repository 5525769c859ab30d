import type { Selectable } from 'kysely';
import type { Digest, Timestamp } from '../contract/names.ts';
import { addAudit } from './audit.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** A harness version as it is kept. */
export interface HarnessVersion {
  readonly loop: string;
  /** From 1. */
  readonly version: number;
  readonly body: unknown;
  readonly digest: Digest;
  readonly promoted: boolean;
}

/** Harness versions: immutable, and a pointer a loop. */
export interface Harnesses {
  /** Records the harness of the file as a version, unless the newest file version says the same, and points the loop to it. */
  adopt(loop: string, body: unknown, digest: Digest, at: Timestamp): Promise<HarnessVersion>;
  current(loop: string): Promise<HarnessVersion | undefined>;
  find(loop: string, version: number): Promise<HarnessVersion | undefined>;
}

/** Harness versions, immutable, and a pointer a loop, in SQL. */
export function sqlHarnesses({ read, write }: Database): Harnesses {
  return {
    adopt: (loop, body, digest, at) =>
      write(async (trx) => {
        const newest = await trx
          .selectFrom('harnesses')
          .selectAll()
          .where('loop', '=', loop)
          .orderBy('version', 'desc')
          .executeTakeFirst();
        const newestFile = await trx
          .selectFrom('harnesses')
          .selectAll()
          .where('loop', '=', loop)
          .where('source', '=', 'file')
          .orderBy('version', 'desc')
          .executeTakeFirst();
        if (newestFile?.digest === digest) return versionOf(newestFile);
        const version = (newest?.version ?? 0) + 1;
        await trx
          .insertInto('harnesses')
          .values({ loop, version, body: JSON.stringify(body), digest, source: 'file', promoted: 1, at })
          .execute();
        await trx
          .insertInto('harness_pointers')
          .values({ loop, version })
          .onConflict((on) => on.column('loop').doUpdateSet({ version }))
          .execute();
        await addAudit(trx, { at, kind: 'harness', body: { loop, version, digest, source: 'file' } });
        return { loop, version, body, digest, promoted: true };
      }),
    async current(loop) {
      const row = await read
        .selectFrom('harnesses')
        .innerJoin('harness_pointers', (on) =>
          on
            .onRef('harness_pointers.loop', '=', 'harnesses.loop')
            .onRef('harness_pointers.version', '=', 'harnesses.version'),
        )
        .selectAll('harnesses')
        .where('harnesses.loop', '=', loop)
        .executeTakeFirst();
      return row && versionOf(row);
    },
    async find(loop, version) {
      const row = await read
        .selectFrom('harnesses')
        .selectAll()
        .where('loop', '=', loop)
        .where('version', '=', version)
        .executeTakeFirst();
      return row && versionOf(row);
    },
  };
}

function versionOf(row: Selectable<Tables['harnesses']>): HarnessVersion {
  return {
    loop: row.loop,
    version: row.version,
    body: JSON.parse(row.body),
    digest: row.digest,
    promoted: row.promoted === 1,
  };
}
