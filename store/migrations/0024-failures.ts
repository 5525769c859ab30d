import { sql, type Kysely } from 'kysely';

const TABLES = [
  `create table failures (lesson integer primary key, loop text not null, run_key text not null, cluster text not null,
     feedback text not null, at integer not null) strict`,
  `create index failures_by_lesson on failures(loop, lesson)`,
  `create table growth (loop text primary key, lesson integer not null) strict`,
];

/** In which way runs went wrong, and how far lessons were looked at for it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(database);
}
