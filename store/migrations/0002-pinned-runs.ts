import { sql, type Kysely } from 'kysely';

/** Keeps with a run what was pinned for it: price table, budget in micro-USD, whether it acts, end of its period. */
export async function up(database: Kysely<unknown>): Promise<void> {
  // A run that was opened without them is closed or about to be: it may spend nothing more.
  for (const column of ['prices text', 'budget integer', 'dry_run integer', 'as_of integer']) {
    const initial = column.endsWith('text') ? `''` : '0';
    await sql.raw(`alter table runs add column ${column} not null default ${initial}`).execute(database);
  }
}
