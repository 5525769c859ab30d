import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreFacts } from '../contract/backup.ts';
import { failure } from '../contract/failures.ts';
import { DATABASE_FILE } from './index.ts';
import { migrationsIn } from './sqlite.ts';

/**
 * Copies the database of a data folder, as of one moment, into a new file. Whoever owns the folder is at work meanwhile:
 * a reader of a WAL database holds up no writer. Nothing that was deleted is in the copy.
 */
export function copyDatabase(folder: string, target: string): void {
  const source = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true, timeout: 5000 });
  try {
    source.prepare('vacuum into ?').run(target);
  } finally {
    source.close();
  }
}

/**
 * Looks at a copied database as a whole: every page, every index, every reference.
 * @throws `StoreUnavailable` where it is damaged, is none of ours, or a newer program wrote it.
 */
export function examineCopy(file: string): StoreFacts {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return examine(database, file);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error;
    throw failure('StoreUnavailable', `${file} cannot be read as a database: ${(error as Error).message}.`);
  } finally {
    database.close();
  }
}

function examine(database: DatabaseSync, file: string): StoreFacts {
  const all = (sql: string): Record<string, unknown>[] => database.prepare(sql).all();
  const [whole] = all('pragma integrity_check(1)');
  if (whole?.['integrity_check'] !== 'ok' || all('pragma foreign_key_check').length > 0)
    throw failure('StoreUnavailable', `${file} is damaged: ${String(whole?.['integrity_check'])}.`);
  const { applied, unknown } = migrationsIn(database);
  const schema = applied.at(-1);
  if (unknown.length > 0)
    throw failure(
      'StoreUnavailable',
      `${file} was written by a newer Loopwright (it has migration ${unknown.join(', ')}). Upgrade this one.`,
    );
  if (schema === undefined) throw failure('StoreUnavailable', `${file} is no store of Loopwright: it has no tables.`);
  const tables = all(`select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name`);
  const counts = tables
    .map(({ name }) => String(name))
    .filter((name) => !name.startsWith('kysely_'))
    .map((name) => [name, Number(all(`select count(*) as n from "${name}"`)[0]?.['n'])] as const);
  const open = all('select workflow_id, loop from runs where closed_at is null order by opened_at');
  const [begun] = all(`select count(*) as n from effects where state = 'begun'`);
  return {
    schema,
    counts: Object.fromEntries(counts),
    openRuns: open.map(({ workflow_id, loop }) => ({ workflowId: String(workflow_id), loop: String(loop) })),
    begunEffects: Number(begun?.['n']),
  };
}
