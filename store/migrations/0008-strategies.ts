import { sql, type Kysely } from 'kysely';

/** Keeps in what other way an attempt was made, and why, where its stage got nowhere before. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table attempts add column strategy text`.execute(database);
  await sql`alter table attempts add column strategy_because text`.execute(database);
  // JSON list of the free first tiers that were not sure enough.
  await sql`alter table attempts add column passed_over text`.execute(database);
}
