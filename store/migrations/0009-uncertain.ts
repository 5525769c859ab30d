import { sql, type Kysely } from 'kysely';

/** What every look at the metrics asks for: money that nobody knows, a few lines of many, and how runs closed. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw(`create index ledger_uncertain on ledger(loop, booked) where state = 'uncertain'`).execute(database);
  await sql.raw(`create index runs_closed on runs(loop, outcome) where closed_at is not null`).execute(database);
}
