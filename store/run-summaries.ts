import { sql, type Kysely, type Selectable, type SelectQueryBuilder } from 'kysely';
import type { RunList, RunQuery, RunSummary } from '../contract/record.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { Trigger } from '../contract/run.ts';
import type { Tables } from './schema.ts';

/** Whether a run waits for people. */
const waits = sql<number>`exists (select 1 from gates g where g.run_key = runs.run_key and g.state = 'open')`;

/** Whether a run waits at a budget. */
const waitsForMoney = sql<number>`exists (
  select 1 from budget_waits w where w.run_key = runs.run_key and w.ended_at is null)`;

/** Runs, before anything is counted for them. */
type RunsOnly = SelectQueryBuilder<Tables, 'runs', Selectable<Tables['runs']>>;

/** Chosen runs with what they left. They are chosen, and limited, first: counting is for the few that are shown. */
export function selectSummaries(database: Kysely<Tables>, choose: (runs: RunsOnly) => RunsOnly) {
  return database
    .selectFrom(choose(database.selectFrom('runs').selectAll()).as('runs'))
    .selectAll()
    .orderBy('opened_at', 'desc')
    .orderBy('run_key')
    .select((row) => [
      waits.as('waits'),
      waitsForMoney.as('waits_for_money'),
      row
        .selectFrom('attempts')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .whereRef('attempts.run_key', '=', 'runs.run_key')
        .as('attempts'),
      // A gate has a row for each version that it showed.
      row
        .selectFrom('gates')
        .select(({ fn }) => fn.count<number>('gate').distinct().as('n'))
        .whereRef('gates.run_key', '=', 'runs.run_key')
        .as('gates'),
      row
        .selectFrom('lessons')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .whereRef('lessons.run_key', '=', 'runs.run_key')
        .as('lessons'),
      row
        .selectFrom('budgets')
        .select(sql<number>`spent + reserved`.as('n'))
        .where('id', '=', sql<string>`'run:' || runs.run_key`)
        .as('cost'),
    ]);
}

/** A row of {@link selectSummaries}. */
export type SummaryRow = Selectable<Tables['runs']> & {
  readonly waits: number;
  readonly waits_for_money: number;
  readonly attempts: number | null;
  readonly gates: number | null;
  readonly lessons: number | null;
  readonly cost: number | null;
};

/** Whether a run's key or its work is called so. */
function goesBy(named: string) {
  return sql<boolean>`(workflow_id = loop || '-' || ${named} or work_key in (${named}, loop || '/' || ${named}))`;
}

/** Whether a run comes after the place where a page ended. */
function follows(place: string) {
  const [, at = '', runKey = ''] = /^(\d+)~(.*)$/s.exec(place) ?? [];
  const time = Number(at);
  return sql<boolean>`(opened_at <= ${time} and (opened_at < ${time} or run_key > ${runKey}))`;
}

/** Runs, newest first; one more than asked for is looked for, to know whether there are more. */
export async function listRuns(database: Kysely<Tables>, query: RunQuery): Promise<RunList> {
  const { loop, outcome, trigger, named, open, since, after, limit } = query;
  const rows = await selectSummaries(database, (runs) =>
    runs
      .$if(loop !== undefined, (some) => some.where('loop', '=', loop ?? ''))
      .$if(outcome !== undefined, (some) => some.where('outcome', '=', outcome ?? ''))
      .$if(trigger !== undefined, (some) => some.where('trigger_kind', '=', trigger ?? ''))
      // Runs of cases are no work: whoever wants them asks for them.
      .$if(trigger === undefined && named === undefined, (some) => some.where('trigger_kind', '<>', 'eval'))
      .$if(named !== undefined, (some) => some.where(goesBy(named ?? '')))
      .$if(open === true, (some) => some.where('closed_at', 'is', null))
      .$if(open === false, (some) => some.where('closed_at', 'is not', null))
      .$if(since !== undefined, (some) => some.where('opened_at', '>=', since ?? 0))
      .$if(after !== undefined, (some) => some.where(follows(after ?? '')))
      .orderBy('opened_at', 'desc')
      .orderBy('run_key')
      .limit(limit + 1),
  ).execute();
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    runs: rows.slice(0, limit).map(summaryOf),
    more: rows.length > limit,
    ...(last === undefined ? {} : { next: `${last.opened_at}~${last.run_key}` }),
  };
}

function stateOf(row: SummaryRow): RunSummary['state'] {
  if (row.closed_at !== null) return 'closed';
  if (row.waits_for_money === 1) return 'awaitingBudget';
  return row.waits === 1 ? 'awaitingDecision' : 'running';
}

/** A run in one line. */
export function summaryOf(row: SummaryRow): RunSummary {
  return {
    workflowId: row.workflow_id,
    runKey: row.run_key,
    loop: row.loop,
    state: stateOf(row),
    ...(row.outcome === null ? {} : { outcome: row.outcome as Outcome }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    openedAt: row.opened_at,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
    attempts: row.attempts ?? 0,
    gates: row.gates ?? 0,
    lessons: row.lessons ?? 0,
    costMicroUsd: row.cost ?? 0,
    harness: row.harness,
    dryRun: row.dry_run === 1,
    trigger: JSON.parse(row.trigger) as Trigger,
    ...(row.duplicate_of === null ? {} : { duplicateOf: row.duplicate_of }),
    ...(row.erased_at === null ? {} : { erasedAt: row.erased_at }),
  };
}
