import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';

/** Signed decisions that were used. */
export interface Statements {
  /** Whether it may be used so: for the first time, or again for the very same. */
  spend(nonce: string, use: string, at: Timestamp): Promise<boolean>;
}

/** They are forgotten long after they have expired, in milliseconds. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Signed decisions that were used, in SQL. */
export function sqlStatements({ write }: Database): Statements {
  return {
    spend: (nonce, use, at) =>
      write(async (trx) => {
        await trx
          .insertInto('statements')
          .values({ nonce, use, at })
          .onConflict((on) => on.doNothing())
          .execute();
        await trx
          .deleteFrom('statements')
          .where('at', '<', at - KEPT_MS)
          .execute();
        const row = await trx.selectFrom('statements').select('use').where('nonce', '=', nonce).executeTakeFirst();
        return row?.use === use;
      }),
  };
}
