import { sql, type Kysely } from 'kysely';

const CHANGES = [
  `create table statements (nonce text primary key, use text not null, at integer not null) strict, without rowid`,
  `create index statements_age on statements(at)`,
  // Decisions that did not count: they leave nothing in a history, or only a line in a status.
  `create table refusals (key text primary key, run_key text not null, gate text not null, digest text not null,
     decision text not null, code text not null, why text not null, by text not null, via text not null,
     at integer not null) strict, without rowid`,
  `create index refusals_of on refusals(run_key, digest)`,
];

/** Adds signed decisions that were used, and decisions that were refused. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
