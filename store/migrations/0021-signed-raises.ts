import { sql, type Kysely } from 'kysely';

/** Says of each raise whether who raised was proven. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table budget_raises add column identity text').execute(database);
}
