import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';

/** The number of a version name: 3 of `v3`. Rows hold numbers, everybody else names. */
export function versionNumber(name: string): number {
  return Number(name.slice(1));
}

/** The number that the next version of a loop's harness has, 1 for the first. */
export async function nextVersion(trx: Kysely<Tables>, loop: string): Promise<number> {
  const newest = await trx
    .selectFrom('harnesses')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('loop', '=', loop)
    .executeTakeFirst();
  return (newest?.version ?? 0) + 1;
}
