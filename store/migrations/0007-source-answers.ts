import { sql, type Kysely } from 'kysely';

/** What sources answered, for those that may be asked again within a time: bodies until that is over. */
const CHANGES = [
  `create table source_answers (key text primary key, loop text not null, digest text not null, body text not null,
     at integer not null, expires_at integer not null) strict, without rowid`,
  `create index source_answers_by_expiry on source_answers(expires_at)`,
];

/** Adds them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
