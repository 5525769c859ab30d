import { sql, type Kysely, type Selectable } from 'kysely';
import type { AutonomyLevel } from '../contract/autonomy.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { JudgesInRun, Trigger } from '../contract/run.ts';
import { expireArtefacts } from './artefacts.ts';
import type { ErasedNames } from './erased-names.ts';
import { addDecision, cancelGates } from './gates.ts';
import { giveUpHeld } from './ledger.ts';
import { addLessons } from './lessons.ts';
import type { Claim, Closed, Closing, Holder, NewRun, Runs } from './ports.ts';
import { first, prepared } from './prepared.ts';
import { listRuns } from './run-summaries.ts';
import type { Tables } from './schema.ts';
import type { Database } from './group-commit.ts';

/** A run as its columns hold it. */
interface RunValues extends Omit<NewRun, 'trigger' | 'dryRun' | 'tenant' | 'withoutLessons' | 'judges' | 'autonomy'> {
  readonly triggerKind: string;
  readonly trigger: string;
  readonly dryRun: number;
  readonly tenant: string | null;
  readonly without: string | null;
  readonly judges: string | null;
  readonly autonomy: string | null;
}

const insertRun = prepared((database, run: RunValues) =>
  database
    .insertInto('runs')
    .values(columnsOf(run))
    // A closed run that was reset is open again, and holds its work again.
    .onConflict((on) => on.column('run_key').doUpdateSet({ closed_at: null, outcome: null, reason: null }))
    .returningAll(),
);

function columnsOf(run: RunValues) {
  return {
    run_key: run.runKey,
    loop: run.loop,
    workflow_id: run.workflowId,
    first_run_id: run.firstRunId,
    work_key: run.workKey,
    harness: run.harness,
    trigger_kind: run.triggerKind,
    trigger: run.trigger,
    input: run.input,
    watermark: run.watermark,
    prices: run.prices,
    budget: run.budgetMicroUsd,
    dry_run: run.dryRun,
    as_of: run.asOf,
    opened_at: run.openedAt,
    tenant: run.tenant,
    without_lessons: run.without,
    judges: run.judges,
    autonomy: run.autonomy,
  };
}

const selectRun = prepared((database, { runKey }: { runKey: string }) =>
  database.selectFrom('runs').selectAll().where('run_key', '=', runKey),
);

const selectWork = prepared((database, { workKey }: { workKey: string }) =>
  database.selectFrom('work').selectAll().where('work_key', '=', workKey),
);

const holdWork = prepared((database, { workKey, runKey }: { workKey: string; runKey: string }) =>
  database
    .insertInto('work')
    .values({ work_key: workKey, run_key: runKey, state: 'claimed' })
    .onConflict((on) => on.column('work_key').doUpdateSet({ run_key: runKey })),
);

const finishWork = prepared((database, { runKey }: { runKey: string }) =>
  database.updateTable('work').set({ state: 'done' }).where('run_key', '=', runKey),
);

const countLeft = prepared((database, { runKey, budget }: { runKey: string; budget: string }) =>
  database.selectNoFrom((row) => [
    row
      .selectFrom('attempts')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('run_key', '=', runKey)
      .as('attempts'),
    // A gate has a row for each version that it showed.
    row
      .selectFrom('gates')
      .select(({ fn }) => fn.count<number>('gate').distinct().as('n'))
      .where('run_key', '=', runKey)
      .as('gates'),
    row
      .selectFrom('lessons')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('run_key', '=', runKey)
      .as('lessons'),
    row
      .selectFrom('budgets')
      .select(sql<number>`spent + reserved`.as('n'))
      .where('id', '=', budget)
      .as('cost'),
  ]),
);

/** Runs and the work they claim, in SQL. */
export function sqlRuns({ read, write }: Database, names: ErasedNames): Runs {
  return {
    open: (run) => write((trx) => open(trx, run, names)),
    async openDuplicate(run, duplicateOf, reason) {
      await write((trx) =>
        trx
          .insertInto('runs')
          .values({
            ...columnsOf(valuesOf(run)),
            duplicate_of: duplicateOf,
            closed_at: run.openedAt,
            outcome: 'noWork',
            reason,
          })
          .onConflict((on) => on.doNothing())
          .execute(),
      );
    },
    close: (closing) => write((trx) => close(trx, closing)),
    async unclosed() {
      const rows = await read
        .selectFrom('runs')
        .selectAll()
        .where('closed_at', 'is', null)
        .orderBy('opened_at')
        .execute();
      return rows.map(runOf);
    },
    list: (query) => listRuns(read, query),
    async find(runKey) {
      const [row] = await selectRun(read, { runKey });
      if (row === undefined) return undefined;
      return {
        ...runOf(row),
        ...(row.outcome === null ? {} : { outcome: row.outcome as Outcome }),
        ...(row.artefact === null ? {} : { artefact: row.artefact }),
      };
    },
  };
}

async function open(trx: Kysely<Tables>, run: NewRun, names: ErasedNames): Promise<Claim> {
  const { runKey, workKey, dryRun } = run;
  const work = dryRun ? undefined : await workCalled(trx, workKey, names);
  if (work !== undefined) {
    const holder = first(await selectRun(trx, { runKey: work.run_key }));
    if (work.state === 'done') return { kind: 'alreadyDone', holder: holderOf(holder) };
    if (work.run_key !== runKey && holder.closed_at === null) return { kind: 'inProgress', holder: holderOf(holder) };
  }
  const row = first(await insertRun(trx, valuesOf(run)));
  if (!dryRun) await holdWork(trx, { workKey, runKey });
  return { kind: 'claimed', run: runOf(row) };
}

/** The work of that name, also where its name was erased. */
async function workCalled(trx: Kysely<Tables>, workKey: string, names: ErasedNames) {
  const [work] = await selectWork(trx, { workKey });
  const erased = names.of(workKey);
  return work ?? (erased === undefined ? undefined : (await selectWork(trx, { workKey: erased }))[0]);
}

async function close(trx: Kysely<Tables>, closing: Closing): Promise<Closed> {
  const { runKey, decided } = closing;
  if (decided !== undefined) await addDecision(trx, decided);
  await addLessons(trx, closing.lessons);
  await trx
    .updateTable('runs')
    .set({
      closed_at: closing.closedAt,
      outcome: closing.outcome,
      reason: closing.reason,
      artefact: closing.artefact ?? null,
      duplicate_of: closing.duplicateOf ?? null,
    })
    .where('run_key', '=', runKey)
    // A reset run that finds its own work done must not overwrite how that work was done.
    .$if(closing.outcome === 'noWork' || closing.unlessClosed === true, (query) => query.where('outcome', 'is', null))
    .execute();
  if (closing.outcome === 'accepted') await finishWork(trx, { runKey });
  await cancelGates(trx, { runKey, at: closing.closedAt });
  await expireArtefacts(trx, runKey);
  // A run that closes itself waits for no call any more; one that was lost may have a call that still comes back.
  if (closing.unlessClosed !== true) await giveUpHeld(trx, runKey);
  return await leftBy(trx, runKey);
}

async function leftBy(trx: Kysely<Tables>, runKey: string): Promise<Closed> {
  const left = first(await countLeft(trx, { runKey, budget: `run:${runKey}` }));
  return {
    attempts: left.attempts ?? 0,
    gates: left.gates ?? 0,
    lessons: left.lessons ?? 0,
    costMicroUsd: left.cost ?? 0,
  };
}

function valuesOf(run: NewRun): RunValues {
  return {
    ...run,
    triggerKind: run.trigger.kind,
    trigger: JSON.stringify(run.trigger),
    dryRun: run.dryRun ? 1 : 0,
    tenant: run.tenant ?? null,
    without: run.withoutLessons === undefined ? null : JSON.stringify(run.withoutLessons),
    judges: run.judges === undefined ? null : JSON.stringify(run.judges),
    autonomy: run.autonomy ?? null,
  };
}

function runOf(row: Selectable<Tables['runs']>): NewRun {
  return {
    runKey: row.run_key,
    loop: row.loop,
    workflowId: row.workflow_id,
    firstRunId: row.first_run_id,
    workKey: row.work_key,
    harness: row.harness,
    trigger: JSON.parse(row.trigger) as Trigger,
    input: row.input,
    watermark: row.watermark,
    prices: row.prices,
    budgetMicroUsd: row.budget,
    dryRun: row.dry_run === 1,
    asOf: row.as_of,
    openedAt: row.opened_at,
    ...(row.without_lessons === null ? {} : { withoutLessons: JSON.parse(row.without_lessons) as number[] }),
    ...(row.tenant === null ? {} : { tenant: row.tenant }),
    ...(row.judges === null ? {} : { judges: JSON.parse(row.judges) as JudgesInRun }),
    ...(row.autonomy === null ? {} : { autonomy: row.autonomy as AutonomyLevel }),
  };
}

function holderOf(row: Selectable<Tables['runs']>): Holder {
  return {
    runKey: row.run_key,
    workflowId: row.workflow_id,
    firstRunId: row.first_run_id,
    ...(row.artefact === null ? {} : { artefact: row.artefact }),
  };
}
