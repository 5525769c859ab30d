import { sql, type Kysely } from 'kysely';

const TABLES = [
  `create table cases (loop text not null, id text not null, input text not null, expect text, never text, slice text not null,
     related text not null, source text not null, cluster text, run_key text, lesson integer, sealed integer not null,
     note text, at integer not null, erased_at integer, primary key (loop, id)) strict`,
  `create index cases_by_cluster on cases(loop, cluster)`,
  `create table experiments (id text primary key, loop text not null, kind text not null, baseline text, candidate text not null,
     change text, widens integer not null, cluster text, watermark integer not null, seed integer not null, budget integer not null,
     most integer, at_least real, earlier text, workflow_id text not null, state text not null, standing text not null, because text not null, opened_at integer not null,
     closed_at integer) strict`,
  `create index experiments_by_loop on experiments(loop, opened_at)`,
  `create table grades (experiment text not null references experiments(id), arm text not null, case_id text not null,
     seq integer not null, slice text not null, related text not null, verdict text not null, asked integer not null,
     held integer not null, outcome text, because text not null, criteria text not null, attempts integer not null,
     cost integer not null, took_ms integer not null, run_key text, at integer not null,
     primary key (experiment, arm, case_id)) strict`,
  `create index grades_by_run on grades(run_key)`,
  `create table candidates (loop text not null, digest text not null, kind text not null, base integer not null,
     version integer not null, widens integer not null, manifest text not null, state text not null, because text,
     run_key text not null, experiment text, at integer not null, settled_at integer, primary key (loop, digest)) strict`,
  `create index candidates_by_run on candidates(run_key)`,
  // Runs of cases: many, and no work of the loop.
  `create index runs_of_work on runs(opened_at desc, run_key) where trigger_kind <> 'eval'`,
];

/** Cases, experiments on them, and candidates for a harness. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(database);
}
