import { sql, type Kysely } from 'kysely';

const TABLES = [
  `create table lesson_changes (id integer primary key, lesson integer not null references lessons(id), loop text not null,
     state text not null, because text not null, by text not null, at integer not null) strict`,
  `create index lesson_changes_by_loop on lesson_changes(loop, id)`,
  `create index lesson_changes_by_lesson on lesson_changes(lesson, id)`,
  `create table lesson_expiry (loop text primary key, after_ms integer, unused_for integer) strict`,
  // Lessons that a run was opened without: of an ablation.
  `alter table runs add column without_lessons text`,
];

/** How lessons stand, and since which of them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(database);
}
