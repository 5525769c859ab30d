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
