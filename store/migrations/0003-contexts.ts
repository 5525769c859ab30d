import { sql, type Kysely } from 'kysely';

/** Keeps which context a stage was given, so that a run can be told later; and finds runs by when they were opened. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table contexts (run_key text not null, stage text not null, manifest text not null, at integer not null,
         primary key (run_key, stage, manifest))`,
    )
    .execute(database);
  await sql.raw(`create index runs_by_open on runs(opened_at)`).execute(database);
  await sql.raw(`create index runs_by_workflow on runs(workflow_id)`).execute(database);
}
