import { sql, type Kysely } from 'kysely';

const CHANGES = [
  // For what runs were started by other loops: digests, because what stands in an item's key may be a person's.
  `create table starts (origin text primary key, item text, started_by text not null, loop text not null,
     workflow_id text not null, at integer not null) strict, without rowid`,
  `create index starts_item on starts(item) where item is not null`,
];

/** Adds what loops and finders have started, so that nothing is started twice. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
