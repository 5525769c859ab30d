import { sql, type Kysely } from 'kysely';

const CHANGES = [
  // What was received, before anything is done about it. The body goes as soon as nothing more is done.
  `create table inbox (id integer primary key, source text not null, delivery text not null, event text not null, received_at integer not null,
     body text, state text not null check (state in ('waiting', 'started', 'ignored', 'stale', 'failed')),
     begun integer not null default 0, workflow_id text, reason text, unique (source, delivery)) strict`,
  `create index inbox_waiting on inbox(id) where state = 'waiting'`,
  `create index inbox_received on inbox(received_at)`,
  // The newest version of each subject that was seen; the subject is a digest.
  `create table inbox_versions (source text not null, subject text not null, version real not null,
     primary key (source, subject)) strict, without rowid`,
];

/** Adds the inbox of what was received over webhooks. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
