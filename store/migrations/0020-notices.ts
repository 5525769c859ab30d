import { sql, type Kysely } from 'kysely';

/**
 * What people were told: up to when each approval and alert was looked at, and one row a notice and channel. Neither holds
 * a word of what it is about: that is read when it is sent.
 */
const CHANGES = [
  `create table notice_looks (kind text not null, about text not null, since integer not null, subject text not null, looked_at integer not null,
     next_at integer, settled integer not null, primary key (kind, about, since)) strict, without rowid`,
  `create index notice_looks_open on notice_looks(kind, next_at) where settled = 0`,
  `create table notices (channel text not null, id text not null, event text not null, subject text not null,
     due_at integer not null, planned_at integer not null, state text not null, attempts integer not null default 0,
     next_at integer not null, begun_at integer, settled_at integer, together text, problem text,
     primary key (channel, id)) strict, without rowid`,
  `create index notices_waiting on notices(channel, due_at, id) where state = 'waiting'`,
  `create index notices_begun on notices(channel, begun_at)`,
  `create index notices_of on notices(subject)`,
];

/** Adds them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
