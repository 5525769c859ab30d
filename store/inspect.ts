import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../contract/alerts.ts';
import { DATABASE_FILE } from './index.ts';
import { ownerOf } from './owner.ts';
import { migrationsIn } from './sqlite.ts';

/**
 * Alerts that are open in a data folder, without owning it; none where it has no store, or one of before there were any.
 * @throws Error where the file is no database or may not be read.
 */
export function openAlerts(folder: string): readonly Pick<Alert, 'kind' | 'text'>[] {
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
  try {
    if (database.prepare(`select 1 from sqlite_master where name = 'alerts'`).get() === undefined) return [];
    const rows = database.prepare(`select kind, text from alerts where cleared_at is null order by raised_at`).all();
    return rows.map(({ kind, text }) => ({ kind: kind as Alert['kind'], text: String(text) }));
  } finally {
    database.close();
  }
}

/** A harness version that a loop runs on, or ran on. */
export interface PromotedHarness {
  readonly loop: string;
  readonly version: number;
  readonly digest: string;
  readonly body: unknown;
  /** Whether new runs take it. */
  readonly current: boolean;
  /** Digest of what the loop's file said when a worker last took it. */
  readonly fileDigest: string | undefined;
}

/**
 * What loops run on and ran on, newest first, without owning the data folder; none where it has no store.
 * @throws Error where the file is no database or may not be read.
 */
export function promotedHarnesses(folder: string): readonly PromotedHarness[] {
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
  try {
    const known = database.prepare(`select name from pragma_table_info('harness_pointers') where name = 'file_digest'`);
    if (known.get() === undefined) return [];
    const rows = database
      .prepare(
        `select h.loop, h.version, h.digest, h.body, p.file_digest, p.version = h.version as current
         from harnesses h join harness_pointers p on p.loop = h.loop
         where h.promoted = 1 order by h.loop, h.version desc`,
      )
      .all();
    return rows.map((row) => ({
      loop: String(row['loop']),
      version: Number(row['version']),
      digest: String(row['digest']),
      body: JSON.parse(String(row['body'])) as unknown,
      current: row['current'] === 1,
      fileDigest: row['file_digest'] === null ? undefined : String(row['file_digest']),
    }));
  } finally {
    database.close();
  }
}

/** What a look at a data folder finds. */
export type StoreState =
  | { readonly kind: 'absent' }
  /** Written by a newer program: `unknown` are the migrations that this one lacks. */
  | { readonly kind: 'newer'; readonly file: string; readonly unknown: readonly string[] }
  | {
      readonly kind: 'readable';
      readonly file: string;
      /** Newest migration; absent where the file has no tables yet. */
      readonly schema?: string;
      /** Process id of its owner, where a process has it open. */
      readonly owner?: string;
    };

/**
 * Looks at the store of a data folder without owning it, changing it or waiting for its owner.
 * @throws Error where the file is no database or may not be read.
 */
export function inspectStore(folder: string): StoreState {
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) return { kind: 'absent' };
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
  try {
    const { applied, unknown } = migrationsIn(database);
    if (unknown.length > 0) return { kind: 'newer', file, unknown };
    const schema = applied.at(-1);
    const owner = ownerOf(folder);
    return {
      kind: 'readable',
      file,
      ...(schema === undefined ? {} : { schema }),
      ...(owner === undefined ? {} : { owner }),
    };
  } finally {
    database.close();
  }
}
