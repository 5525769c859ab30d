import { sql, type Selectable } from 'kysely';
import type { Timestamp } from '../contract/names.ts';
import type { ScheduleLook } from '../contract/schedules.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** When schedules should run next, as they were seen last, and what their runs spend. */
export interface ScheduleLooks {
  /** Keeps the newest look at a schedule. */
  keep(look: ScheduleLook): Promise<void>;
  /** Forgets a schedule that was removed; where there is none, nothing changes. */
  forget(id: string): Promise<void>;
  all(): Promise<readonly ScheduleLook[]>;
  /** Micro-USD booked since a time by runs that schedules started, calls in flight at their worst case, by the schedule's id. */
  spentSince(since: Timestamp): Promise<ReadonlyMap<string, number>>;
}

/** Looks at schedules, in SQL. */
export function sqlScheduleLooks({ read, write }: Database): ScheduleLooks {
  return {
    async keep(look) {
      const { id, ...row } = rowOf(look);
      await write((trx) =>
        trx
          .insertInto('schedule_looks')
          .values({ id, ...row })
          .onConflict((on) => on.column('id').doUpdateSet(row))
          .execute(),
      );
    },
    async forget(id) {
      await write((trx) => trx.deleteFrom('schedule_looks').where('id', '=', id).execute());
    },
    async all() {
      return (await read.selectFrom('schedule_looks').selectAll().orderBy('id').execute()).map(lookOf);
    },
    async spentSince(since) {
      const source = sql<string>`json_extract(runs.trigger, '$.source')`;
      const rows = await read
        .selectFrom('ledger')
        .innerJoin('runs', 'runs.run_key', 'ledger.run_key')
        .where('ledger.at', '>=', since)
        .where('runs.trigger_kind', '=', 'schedule')
        .select([
          source.as('id'),
          sql<number>`sum(case ledger.state when 'held' then ledger.reserved else ledger.booked end)`.as('spent'),
        ])
        .groupBy(source)
        .execute();
      return new Map(rows.map(({ id, spent }) => [id, spent]));
    },
  };
}

function rowOf(look: ScheduleLook): Tables['schedule_looks'] {
  return {
    id: look.id,
    project: look.project,
    times: look.times,
    expected: look.expected ?? null,
    paused_at: look.pausedAt ?? null,
    looked_at: look.lookedAt,
    alert_after: look.alertAfterMs,
    budget: look.budgetMicroUsd ?? null,
    missed: look.missed,
    skipped: look.skipped,
  };
}

function lookOf(row: Selectable<Tables['schedule_looks']>): ScheduleLook {
  return {
    id: row.id,
    project: row.project,
    times: row.times,
    ...(row.expected === null ? {} : { expected: row.expected }),
    ...(row.paused_at === null ? {} : { pausedAt: row.paused_at }),
    lookedAt: row.looked_at,
    alertAfterMs: row.alert_after,
    ...(row.budget === null ? {} : { budgetMicroUsd: row.budget }),
    missed: row.missed,
    skipped: row.skipped,
  };
}
