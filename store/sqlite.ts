import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { Migrator } from 'kysely/migration';
import { failure } from '../contract/failures.ts';
import type { Tables } from './schema.ts';
import * as initial from './migrations/0001-initial.ts';
import * as pinnedRuns from './migrations/0002-pinned-runs.ts';
import * as contexts from './migrations/0003-contexts.ts';
import * as reviewAnswers from './migrations/0004-review-answers.ts';
import * as money from './migrations/0005-money.ts';
import * as verifierFindings from './migrations/0006-verifier-findings.ts';
import * as sourceAnswers from './migrations/0007-source-answers.ts';
import * as strategies from './migrations/0008-strategies.ts';
import * as uncertain from './migrations/0009-uncertain.ts';
import * as erasures from './migrations/0010-erasures.ts';
import * as inbox from './migrations/0011-inbox.ts';
import * as alerts from './migrations/0012-alerts.ts';
import * as audit from './migrations/0014-audit.ts';
import * as starts from './migrations/0015-starts.ts';
import * as signedRaises from './migrations/0021-signed-raises.ts';
import * as experiments from './migrations/0022-experiments.ts';
import * as harnessMoves from './migrations/0023-harness-moves.ts';
import * as failures from './migrations/0024-failures.ts';
import * as lessonStates from './migrations/0027-lesson-states.ts';
import * as judges from './migrations/0025-judges.ts';
import * as autonomy from './migrations/0026-autonomy.ts';
import * as learningNews from './migrations/0028-learning-news.ts';
import * as judgeAnswers from './migrations/0029-judge-answers.ts';
import * as changes from './migrations/0019-changes.ts';
import * as approvals from './migrations/0016-approvals.ts';
import * as users from './migrations/0017-users.ts';
import * as statements from './migrations/0018-statements.ts';
import * as notices from './migrations/0020-notices.ts';

/** The oldest SQLite without the WAL-reset bug (3.7.0 to 3.51.2 can lose an acknowledged commit; sqlite.org/wal.html §11). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** Forward only; never edit one that was released. */
const MIGRATIONS = {
  '0001-initial': { up: initial.up },
  '0002-pinned-runs': { up: pinnedRuns.up },
  '0003-contexts': { up: contexts.up },
  '0004-review-answers': { up: reviewAnswers.up },
  '0005-money': { up: money.up },
  '0006-verifier-findings': { up: verifierFindings.up },
  '0007-source-answers': { up: sourceAnswers.up },
  '0008-strategies': { up: strategies.up },
  '0009-uncertain': { up: uncertain.up },
  '0010-erasures': { up: erasures.up },
  '0011-inbox': { up: inbox.up },
  '0012-alerts': { up: alerts.up },
  '0014-audit': { up: audit.up },
  '0015-starts': { up: starts.up },
  '0016-approvals': { up: approvals.up },
  '0017-users': { up: users.up },
  '0018-statements': { up: statements.up },
  '0019-changes': { up: changes.up },
  '0020-notices': { up: notices.up },
  '0021-signed-raises': { up: signedRaises.up },
  '0022-experiments': { up: experiments.up },
  '0023-harness-moves': { up: harnessMoves.up },
  '0024-failures': { up: failures.up },
  '0025-judges': { up: judges.up },
  '0026-autonomy': { up: autonomy.up },
  '0027-lesson-states': { up: lessonStates.up },
  '0028-learning-news': { up: learningNews.up },
  '0029-judge-answers': { up: judgeAnswers.up },
};

/** Refuses a SQLite that may lose acknowledged commits. */
export function assertSqliteVersion(version: string): void {
  const parts = version.split('.').map(Number);
  const difference = OLDEST_SQLITE.map((wanted, index) => (parts[index] ?? 0) - wanted).find((delta) => delta !== 0);
  if (difference !== undefined && difference < 0) {
    throw failure(
      'StoreUnavailable',
      `Expected SQLite ${OLDEST_SQLITE.join('.')} or newer, got ${version}: older ones can lose commits. Run on Node 24.18 or newer.`,
    );
  }
}

/**
 * Opens the database file, creating it and its tables where needed: WAL, `synchronous=FULL`, five seconds of busy
 * waiting, foreign keys. A schema newer than this program is refused.
 */
export async function openDatabase(path: string): Promise<Kysely<Tables>> {
  const raw = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true });
  assertSqliteVersion(String(raw.prepare('select sqlite_version() as version').get()?.['version']));
  raw.exec('pragma journal_mode = wal; pragma synchronous = full');
  refuseNewer(raw, path);
  const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: kyselyFace(raw) }) });
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => MIGRATIONS },
    // Two that were made side by side may come to a database in either order; none builds on its neighbour.
    allowUnorderedMigrations: true,
  });
  await whole(raw, async () => {
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error instanceof Error ? error : new Error('A migration failed.', { cause: error });
  });
  return database;
}

/** Migrates in one transaction, which Kysely leaves to SQLite's users: a kill in the middle leaves what was there before, and there is one fsync. */
async function whole(raw: DatabaseSync, migrate: () => Promise<void>): Promise<void> {
  raw.exec('begin immediate');
  try {
    await migrate();
    raw.exec('commit');
  } catch (error) {
    if (raw.isTransaction) raw.exec('rollback');
    throw error;
  }
}

/** A second connection that can only read, for queries that loops write. */
export function openReader(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: 5000 });
}

/** Migrations that a database has, and those of them that this program does not know: a newer one wrote it. */
export function migrationsIn(raw: DatabaseSync): { readonly applied: string[]; readonly unknown: string[] } {
  const exists = raw.prepare(`select 1 from sqlite_master where name = 'kysely_migration'`).get() !== undefined;
  const rows = exists ? raw.prepare('select name from kysely_migration order by name').all() : [];
  const applied = rows.map((row) => String(row['name']));
  return { applied, unknown: applied.filter((name) => !(name in MIGRATIONS)) };
}

function refuseNewer(raw: DatabaseSync, path: string): void {
  const { unknown } = migrationsIn(raw);
  if (unknown.length > 0) {
    raw.close();
    throw failure(
      'StoreUnavailable',
      `${path} was written by a newer Loopwright (it has migration ${unknown.join(', ')}). Upgrade this one, or use another --data folder.`,
    );
  }
}

/** What Kysely asks of a driver, over node:sqlite; statements are kept, and transactions begin IMMEDIATE so that they never fail half-way on a lock. */
function kyselyFace(raw: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  return {
    close: () => raw.close(),
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = raw.prepare(text === 'begin' ? 'begin immediate' : text);
      const face = {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as SQLInputValue[])),
      };
      if (prepared.size < 500) prepared.set(text, face);
      return face;
    },
  };
}
