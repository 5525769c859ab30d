import type { Change } from '../contract/changes.ts';
import type { Database } from './group-commit.ts';

/** What happens, in the order in which it became durable. Rows are written along with what they tell. */
export interface Changes {
  /** Number of the newest; 0 where nothing has happened yet. */
  newest(): Promise<number>;
  /** Those after a number, oldest first; undefined where some of them are not kept any more. */
  after(seq: number, limit: number): Promise<readonly Change[] | undefined>;
}

/** What happens, in SQL. */
export function sqlChanges({ read }: Database): Changes {
  return {
    async newest() {
      const row = await read
        .selectFrom('changes')
        .select(({ fn }) => fn.max('seq').as('seq'))
        .executeTakeFirst();
      return row?.seq ?? 0;
    },
    async after(seq, limit) {
      const oldest = await read.selectFrom('changes').select('seq').orderBy('seq').limit(1).executeTakeFirst();
      if (oldest !== undefined && oldest.seq > seq + 1) return undefined;
      const rows = await read
        .selectFrom('changes')
        .selectAll()
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(({ run_key: runKey, kind, seq: own }) => ({
        seq: own,
        kind: kind as Change['kind'],
        ...(runKey === null ? {} : { runKey }),
      }));
    },
  };
}
