import { sql, type Kysely } from 'kysely';

/** What people said about loops where a review cannot measure. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table review_answers (
    loop text not null,
    "check" text not null,
    at integer not null,
    answer text not null,
    note text,
    by text not null,
    primary key (loop, "check", at, by)
  ) strict, without rowid`.execute(database);
}
