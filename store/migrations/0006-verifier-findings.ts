import { sql, type Kysely } from 'kysely';

/** What verifiers found about an artefact before its verdict stood: where one breaks, the others are not asked again. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table verifier_findings (
    run_key text not null,
    stage text not null,
    artefact text not null,
    author text not null,
    asked text not null,
    body text not null,
    at integer not null,
    primary key (run_key, stage, artefact, author, asked)
  ) strict, without rowid`.execute(database);
}
