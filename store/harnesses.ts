import type { Kysely, Selectable } from 'kysely';
import type { HarnessMove } from '../contract/harness-move.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';
import {
  moveOf,
  moveTo,
  promote,
  rollback,
  versionBefore,
  type Moved,
  type Promoting,
  type RollingBack,
} from './harness-moves.ts';
import type { Tables } from './schema.ts';
import { nextVersion, versionNumber } from './version-number.ts';

/** A harness version as it is kept. */
export interface HarnessVersion {
  readonly loop: string;
  /** From 1. */
  readonly version: number;
  readonly body: unknown;
  readonly digest: Digest;
  /** `erasure`: what ran before, without what was erased. */
  readonly source: 'file' | 'candidate' | 'erasure';
  /** Whether the loop runs on it, or ever did. */
  readonly promoted: boolean;
  readonly at: Timestamp;
}

/** Harness versions: immutable but for what is erased from them, and a pointer a loop that says which one new runs take. */
export interface Harnesses {
  /**
   * Takes the harness of a loop's file: where the file changed since it was last taken, and says something else than the
   * current version, it is a new version and the loop runs on it. Answers the current version.
   */
  adopt(loop: string, body: unknown, digest: Digest, at: Timestamp): Promise<HarnessVersion>;
  /** Lets the loop run on a candidate, where it runs on what was expected. @throws `InvalidInput` where there is no such version. */
  promote(promoting: Promoting): Promise<Moved>;
  /** Lets the loop run on an earlier version again. @throws `InvalidInput` where that was never promoted, or there is none. */
  rollback(rolling: RollingBack): Promise<Moved>;
  /** What a rollback without a target goes back to; undefined where there is none. */
  before(loop: string): Promise<string | undefined>;
  /** Every move of a loop's pointer, newest first. */
  moves(loop: string, limit: number): Promise<readonly HarnessMove[]>;
  current(loop: string): Promise<HarnessVersion | undefined>;
  /** One version by its name, e.g. `v3`. */
  find(loop: string, version: string): Promise<HarnessVersion | undefined>;
}

/** Harness versions, immutable, and a pointer a loop, in SQL. */
export function sqlHarnesses({ read, write }: Database): Harnesses {
  return {
    adopt: (loop, body, digest, at) => write((trx) => adopt(trx, { loop, body, digest, at })),
    promote: (promoting) => write((trx) => promote(trx, promoting)),
    rollback: (rolling) => write((trx) => rollback(trx, rolling)),
    before: (loop) => versionBefore(read, loop),
    async moves(loop, limit) {
      const rows = await read
        .selectFrom('harness_moves')
        .selectAll()
        .where('loop', '=', loop)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(moveOf);
    },
    current: (loop) => current(read, loop),
    async find(loop, version) {
      const row = await read
        .selectFrom('harnesses')
        .selectAll()
        .where('loop', '=', loop)
        .where('version', '=', versionNumber(version))
        .executeTakeFirst();
      return row && versionOf(row);
    },
  };
}

async function adopt(
  trx: Kysely<Tables>,
  { loop, body, digest, at }: { loop: string; body: unknown; digest: Digest; at: Timestamp },
): Promise<HarnessVersion> {
  const running = await current(trx, loop);
  const pointer = await trx.selectFrom('harness_pointers').selectAll().where('loop', '=', loop).executeTakeFirst();
  if (running !== undefined && pointer?.file_digest === digest) return running;
  const adopted =
    running?.digest === digest ? running : await takeOver(trx, { loop, body, digest, at }, running?.version ?? null);
  await trx.updateTable('harness_pointers').set({ file_digest: digest }).where('loop', '=', loop).execute();
  return adopted;
}

/** Records what the file says as the next version, and lets the loop run on it. */
async function takeOver(
  trx: Kysely<Tables>,
  { loop, body, digest, at }: { loop: string; body: unknown; digest: Digest; at: Timestamp },
  from: number | null,
): Promise<HarnessVersion> {
  const version = await nextVersion(trx, loop);
  const source = 'file';
  await trx
    .insertInto('harnesses')
    .values({ loop, version, body: JSON.stringify(body), digest, source, promoted: 1, at })
    .execute();
  await moveTo(trx, {
    key: `file/${loop}/${version}`,
    loop,
    from_version: from,
    to_version: version,
    kind: 'file',
    by: 'harness.yaml',
    reason: 'The file changed.',
    experiment: null,
    e: null,
    unproven: 0,
    at,
  });
  return { loop, version, body, digest, source, promoted: true, at };
}

async function current(database: Kysely<Tables>, loop: string): Promise<HarnessVersion | undefined> {
  const row = await database
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
}

function versionOf(row: Selectable<Tables['harnesses']>): HarnessVersion {
  return {
    loop: row.loop,
    version: row.version,
    body: JSON.parse(row.body),
    digest: row.digest,
    source: row.source as HarnessVersion['source'],
    promoted: row.promoted === 1,
    at: row.at,
  };
}
