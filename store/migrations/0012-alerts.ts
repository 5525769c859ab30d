import { sql, type Kysely } from 'kysely';

/** What a person should know of, one row a key; and when each schedule should run next, so that a restart does not forget it. */
const CHANGES = [
  `create table alerts (key text primary key, kind text not null, about text not null, text text not null,
     raised_at integer not null, cleared_at integer) strict, without rowid`,
  `create index alerts_open on alerts(kind) where cleared_at is null`,
  `create table schedule_looks (id text primary key, project text not null, times text not null, expected integer,
     paused_at integer, looked_at integer not null, alert_after integer not null, budget integer, missed integer not null,
     skipped integer not null) strict, without rowid`,
];

/** Adds them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
