import { sql, type Kysely } from 'kysely';

const STATEMENTS = [
  `create table judge_answers (loop text not null, stage text not null, judge text not null, kind text not null,
     run_key text not null, artefact text not null, input_of text not null, let_through integer not null,
     orders_changed integer not null, orders_of integer not null, asked text not null, at integer not null,
     primary key (asked, stage, judge, run_key, artefact, input_of)) strict`,
  `create index judge_answers_by_loop on judge_answers(loop, at)`,
  `insert into judge_answers select loop, stage, judge, 'refused', run_key, artefact, run_key, let_through, 0, 0, among, at
     from trap_answers`,
  `drop table trap_answers`,
];

/** What judges said when they were asked again, of which kind the question was, and among what they were asked; traps that people refused were the first of it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
