import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CostLine, CostQuery, Costs, LowBudget } from '../contract/costs.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** What money went where. */
export interface CostBook {
  /** Money by group; `day` is the UTC day for whose budgets that run low are named. */
  costs(query: CostQuery, day: string): Promise<Costs>;
}

/** What money went where, in SQL. */
export function sqlCosts({ read }: Database): CostBook {
  return {
    async costs(query, day) {
      const [lines, [total = NOTHING], low, accepted, [all]] = await Promise.all([
        linesOf(read, query, GROUPS[query.by]),
        linesOf(read, query, sql`'all'`),
        lowBudgets(read, day),
        query.by === 'model' ? undefined : acceptedRuns(read, query, RUN_GROUPS[query.by]),
        acceptedRuns(read, query, sql`'all'`),
      ]);
      const counted = (line: CostLine): CostLine =>
        accepted === undefined
          ? line
          : { ...line, accepted: accepted.find(({ group }) => group === line.group)?.accepted ?? 0 };
      return { lines: lines.map(counted), total: { ...total, accepted: all?.accepted ?? 0 }, low };
    },
  };
}

const GROUPS: Readonly<Record<CostQuery['by'], RawBuilder<string>>> = {
  loop: sql`ledger.loop`,
  day: sql`strftime('%Y-%m-%d', ledger.at / 1000, 'unixepoch')`,
  model: sql`ledger.model`,
  outcome: sql`coalesce(runs.outcome, '-')`,
  tenant: sql`coalesce(ledger.tenant, '-')`,
};

/** The same of runs: what was accepted for nothing counts too, and makes the others cheaper. A model has only those that it was paid for. */
const RUN_GROUPS: Readonly<Record<Exclude<CostQuery['by'], 'model'>, RawBuilder<string>>> = {
  loop: sql`runs.loop`,
  day: sql`strftime('%Y-%m-%d', runs.closed_at / 1000, 'unixepoch')`,
  outcome: sql`runs.outcome`,
  tenant: sql`coalesce(runs.tenant, '-')`,
};

async function acceptedRuns(
  database: Kysely<Tables>,
  { loop, since, until }: CostQuery,
  group: RawBuilder<string>,
): Promise<{ group: string; accepted: number }[]> {
  return await database
    .selectFrom('runs')
    .where('outcome', '=', 'accepted')
    .$if(loop !== undefined, (some) => some.where('loop', '=', loop ?? ''))
    .$if(since !== undefined, (some) => some.where('closed_at', '>=', since ?? 0))
    .$if(until !== undefined, (some) => some.where('closed_at', '<', until ?? 0))
    .select([group.as('group'), sql<number>`count(*)`.as('accepted')])
    .groupBy(group)
    .execute();
}

const NOTHING: CostLine = {
  group: 'all',
  settledMicroUsd: 0,
  uncertainMicroUsd: 0,
  heldMicroUsd: 0,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  runs: 0,
  accepted: 0,
};

async function linesOf(
  database: Kysely<Tables>,
  { loop, since, until }: CostQuery,
  group: RawBuilder<string>,
): Promise<CostLine[]> {
  const sum = (state: string, column: 'booked' | 'reserved') =>
    sql<number>`coalesce(sum(case when ledger.state = ${state} then ledger.${sql.ref(column)} end), 0)`;
  return await database
    .selectFrom('ledger')
    .leftJoin('runs', 'runs.run_key', 'ledger.run_key')
    .$if(loop !== undefined, (some) => some.where('ledger.loop', '=', loop ?? ''))
    .$if(since !== undefined, (some) => some.where('ledger.at', '>=', since ?? 0))
    .$if(until !== undefined, (some) => some.where('ledger.at', '<', until ?? 0))
    .select([
      group.as('group'),
      sum('settled', 'booked').as('settledMicroUsd'),
      sum('uncertain', 'booked').as('uncertainMicroUsd'),
      sum('held', 'reserved').as('heldMicroUsd'),
      sql<number>`sum(ledger.state <> 'released')`.as('calls'),
      sql<number>`sum(ledger.input_tokens)`.as('inputTokens'),
      sql<number>`sum(ledger.output_tokens)`.as('outputTokens'),
      sql<number>`count(distinct case when ledger.state <> 'released' then ledger.run_key end)`.as('runs'),
      sql<number>`count(distinct case when runs.outcome = 'accepted' then ledger.run_key end)`.as('accepted'),
    ])
    .groupBy(group)
    .orderBy(sql`sum(ledger.booked)`, 'desc')
    .orderBy(group)
    .execute();
}

/** Budgets of today and of open runs that are used to four fifths and more. */
async function lowBudgets(database: Kysely<Tables>, day: string): Promise<LowBudget[]> {
  return await database
    .selectFrom('budgets')
    .select(['id as budget', 'cap as capMicroUsd', sql<number>`spent + reserved`.as('usedMicroUsd')])
    .where('cap', '>', 0)
    .where(sql<boolean>`(spent + reserved) * 5 >= cap * 4`)
    .where((row) =>
      row.or([
        row('id', 'like', `%:${day}`),
        row(
          'id',
          'in',
          row
            .selectFrom('runs')
            .select(sql<string>`'run:' || run_key`.as('id'))
            .where('closed_at', 'is', null),
        ),
      ]),
    )
    .orderBy(sql`(spent + reserved) * 1.0 / cap`, 'desc')
    .limit(20)
    .execute();
}
