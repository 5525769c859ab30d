import type { Insertable, Selectable } from 'kysely';
import type { Grade } from '../contract/experiment.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** What the cases of experiments came to. */
export interface Grades {
  /** Records grades; a case that has one in its arm keeps it. */
  add(grades: readonly Grade[]): Promise<void>;
  /** Those of an experiment, in the order that was drawn. */
  of(experiment: string): Promise<readonly Grade[]>;
}

/** Grades, in SQL. */
export function sqlGrades({ read, write }: Database): Grades {
  return {
    add: (grades) =>
      write(async (trx) => {
        if (grades.length === 0) return;
        await trx
          .insertInto('grades')
          .values(grades.map(gradeRow))
          .onConflict((on) => on.columns(['experiment', 'arm', 'case_id']).doNothing())
          .execute();
      }),
    async of(experiment) {
      const rows = await read
        .selectFrom('grades')
        .selectAll()
        .where('experiment', '=', experiment)
        .orderBy('seq')
        .orderBy('arm')
        .execute();
      return rows.map(gradeOf);
    },
  };
}

function gradeRow(grade: Grade): Insertable<Tables['grades']> {
  return {
    experiment: grade.experiment,
    arm: grade.arm,
    case_id: grade.caseId,
    seq: grade.seq,
    slice: grade.slice,
    related: grade.related,
    verdict: grade.verdict,
    asked: grade.asked ? 1 : 0,
    held: grade.held ? 1 : 0,
    outcome: grade.outcome ?? null,
    because: grade.because,
    criteria: JSON.stringify(grade.criteria),
    attempts: grade.attempts,
    cost: grade.costMicroUsd,
    took_ms: grade.tookMs,
    run_key: grade.runKey ?? null,
    at: grade.at,
  };
}

function gradeOf(row: Selectable<Tables['grades']>): Grade {
  return {
    experiment: row.experiment,
    arm: row.arm as Grade['arm'],
    caseId: row.case_id,
    seq: row.seq,
    slice: row.slice as Grade['slice'],
    related: row.related,
    verdict: row.verdict as Grade['verdict'],
    asked: row.asked === 1,
    held: row.held === 1,
    ...(row.outcome === null ? {} : { outcome: row.outcome as NonNullable<Grade['outcome']> }),
    because: row.because,
    criteria: JSON.parse(row.criteria) as Grade['criteria'],
    attempts: row.attempts,
    costMicroUsd: row.cost,
    tookMs: row.took_ms,
    ...(row.run_key === null ? {} : { runKey: row.run_key }),
    at: row.at,
  };
}
