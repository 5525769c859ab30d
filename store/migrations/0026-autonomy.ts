import { sql, type Kysely } from 'kysely';

const CHANGES = [
  `create table autonomy (loop text not null, at integer not null, level text not null, because text not null,
     figures text not null, primary key (loop, at)) strict, without rowid`,
  // The level that a run was opened at; those of before, and of loops that have none, have null.
  `alter table runs add column autonomy text`,
  // What people said of what could have been acted on without them.
  `create index gates_audited on gates(loop, settled_at) where audit = 1 and state <> 'open'`,
  `create index effects_begun on effects(run_key) where state = 'begun'`,
  // What the newest runs of one loop show.
  `create index runs_of_loop on runs(loop, opened_at desc, run_key) where trigger_kind <> 'eval'`,
];

/** Adds the levels of autonomy that loops were granted, append-only. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
