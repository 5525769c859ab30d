import { sql, type Kysely } from 'kysely';

const STATEMENTS = [
  `create table judge_records (id integer primary key, loop text not null, stage text not null, judge text not null,
     standing text not null, because text not null, figures text not null, at integer not null) strict`,
  `create index judge_records_by_judge on judge_records(loop, stage, judge)`,
  `create table trap_answers (loop text not null, stage text not null, judge text not null, run_key text not null,
     artefact text not null, let_through integer not null, among text not null, at integer not null,
     primary key (loop, stage, judge, run_key, artefact)) strict`,
  // How judges weigh in a run, pinned when it opens.
  `alter table runs add column judges text`,
  `create index gates_decided on gates(loop, settled_at) where state in ('approved', 'rejected', 'edited', 'answered')`,
  `create index runs_by_loop on runs(loop, opened_at desc) where trigger_kind <> 'eval'`,
];

/** What judges' words count for, and what they said to artefacts that were known to be bad. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
