import type { Insertable, Selectable } from 'kysely';
import type { Experiment, Standing } from '../contract/experiment.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** How an experiment stands. */
export interface ExperimentStands {
  readonly state: Experiment['state'];
  readonly standing: Standing;
  readonly because: string;
  /** When it was closed, where it is. */
  readonly closedAt?: Timestamp;
}

/** Versions of a harness, held against each other on cases. */
export interface Experiments {
  /** Records an experiment, or answers the one that has the id. */
  open(experiment: Experiment): Promise<Experiment>;
  find(id: string): Promise<Experiment | undefined>;
  /** Those of a loop, or of all, newest first. */
  list(query: { readonly loop?: string | undefined; readonly limit: number }): Promise<readonly Experiment[]>;
  /** The newest eval of a version that has ended. */
  baseline(loop: string, version: string): Promise<Experiment | undefined>;
  /** Says how it stands; one that is closed stays as it is. */
  stand(id: string, stands: ExperimentStands): Promise<void>;
}

/** Experiments, in SQL. */
export function sqlExperiments({ read, write }: Database): Experiments {
  return {
    open: (experiment) =>
      write(async (trx) => {
        await trx
          .insertInto('experiments')
          .values(rowOf(experiment))
          .onConflict((on) => on.column('id').doNothing())
          .execute();
        const row = await trx
          .selectFrom('experiments')
          .selectAll()
          .where('id', '=', experiment.id)
          .executeTakeFirstOrThrow();
        return experimentOf(row);
      }),
    async find(id) {
      const row = await read.selectFrom('experiments').selectAll().where('id', '=', id).executeTakeFirst();
      return row && experimentOf(row);
    },
    async list({ loop, limit }) {
      const rows = await read
        .selectFrom('experiments')
        .selectAll()
        .$if(loop !== undefined, (some) => some.where('loop', '=', loop ?? ''))
        .orderBy('opened_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(experimentOf);
    },
    async baseline(loop, version) {
      const row = await read
        .selectFrom('experiments')
        .selectAll()
        .where('loop', '=', loop)
        .where('kind', '=', 'eval')
        .where('candidate', '=', version)
        .where('state', '=', 'closed')
        .orderBy('opened_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && experimentOf(row);
    },
    stand: (id, { state, standing, because, closedAt }) =>
      write(async (trx) => {
        await trx
          .updateTable('experiments')
          .set({ state, standing, because, closed_at: closedAt ?? null })
          .where('id', '=', id)
          .where('state', '<>', 'closed')
          .execute();
      }),
  };
}

function rowOf(experiment: Experiment): Insertable<Tables['experiments']> {
  return {
    id: experiment.id,
    loop: experiment.loop,
    kind: experiment.kind,
    baseline: experiment.baseline ?? null,
    candidate: experiment.candidate,
    change: experiment.change ?? null,
    widens: experiment.widens ? 1 : 0,
    cluster: experiment.cluster ?? null,
    watermark: experiment.watermark,
    seed: experiment.seed,
    budget: experiment.budgetMicroUsd,
    most: experiment.most ?? null,
    at_least: experiment.atLeast ?? null,
    earlier: experiment.earlier ?? null,
    workflow_id: experiment.workflowId,
    state: experiment.state,
    standing: experiment.standing,
    because: experiment.because,
    opened_at: experiment.openedAt,
    closed_at: experiment.closedAt ?? null,
  };
}

function experimentOf(row: Selectable<Tables['experiments']>): Experiment {
  return {
    id: row.id,
    loop: row.loop,
    kind: row.kind as Experiment['kind'],
    ...(row.baseline === null ? {} : { baseline: row.baseline }),
    candidate: row.candidate,
    ...(row.change === null ? {} : { change: row.change as NonNullable<Experiment['change']> }),
    widens: row.widens === 1,
    ...(row.cluster === null ? {} : { cluster: row.cluster }),
    watermark: row.watermark,
    seed: row.seed,
    budgetMicroUsd: row.budget,
    ...(row.most === null ? {} : { most: row.most }),
    ...(row.at_least === null ? {} : { atLeast: row.at_least }),
    ...(row.earlier === null ? {} : { earlier: row.earlier }),
    workflowId: row.workflow_id,
    state: row.state as Experiment['state'],
    standing: row.standing as Standing,
    because: row.because,
    openedAt: row.opened_at,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
  };
}
