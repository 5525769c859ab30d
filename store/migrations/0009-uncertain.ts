import { sql, type Kysely } from 'kysely';

/** Money that nobody knows is asked for at every look at the metrics, and is a few lines of many. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw(`create index ledger_uncertain on ledger(loop, booked) where state = 'uncertain'`).execute(database);
}
