import { sql, type RawBuilder } from 'kysely';
import { ABLATION_OF, LOOKED_AT, type LessonTrial } from '../contract/kept-lesson.ts';
import type { Database } from './group-commit.ts';

/** A lesson that runs know, and what the newest contexts of its loop made of it. */
export interface UsedLesson {
  readonly lesson: number;
  /** How many of them showed it. */
  readonly uses: number;
  /** How many of those were of runs that people rejected or corrected. */
  readonly corrected: number;
}

/** Which lessons there are to be tried, and how they were. */
export interface LessonTrials {
  /** The active examples of a loop, oldest first. */
  tryable(loop: string): Promise<readonly UsedLesson[]>;
  /** The ablations of a loop, oldest first. */
  trials(loop: string): Promise<readonly LessonTrial[]>;
}

/** Which lessons there are to be tried, in SQL. */
export function sqlLessonTrials({ read }: Database): LessonTrials {
  return {
    async tryable(loop) {
      const { rows } = await sql<UsedLesson>`
        select lessons.id as lesson, coalesce(used.uses, 0) as uses, coalesce(used.corrected, 0) as corrected
        from lessons left join (${lastChanges(loop)}) as change on change.lesson = lessons.id
          left join (${usesOf(loop)}) as used on used.lesson = lessons.id
        where lessons.loop = ${loop} and lessons.kind = 'example' and lessons.erased_at is null
          and coalesce(change.state, 'active') = 'active'
        order by lessons.id`.execute(read);
      return rows;
    },
    async trials(loop) {
      const { rows } = await sql<Omit<LessonTrial, 'most'> & { readonly most: number | null }>`
        select id as experiment, ${ablatedLesson} as lesson, candidate as harness, state, standing, because,
          workflow_id as workflowId, budget as budgetMicroUsd, most, opened_at as openedAt,
          (select count(*) from grades as absent join grades as present on present.experiment = absent.experiment
              and present.case_id = absent.case_id and present.arm = 'baseline'
            where absent.experiment = experiments.id and absent.arm = 'candidate') as ran
        from experiments where loop = ${loop} and kind = 'ablation' and cluster like ${`${ABLATION_OF}%`}
        order by opened_at, id`.execute(read);
      return rows.map(({ most, ...trial }) => (most === null ? trial : { ...trial, most }));
    },
  };
}

/** The newest change of each lesson of a loop. */
export const lastChanges = (loop: string): RawBuilder<unknown> => sql`
  select lesson, state, because, by, at, max(id) as id from lesson_changes where loop = ${loop} group by lesson`;

/** The lesson that an ablation leaves out. */
export const ablatedLesson = sql`cast(substr(experiments.cluster, ${ABLATION_OF.length + 1}) as integer)`;

const usesOf = (loop: string): RawBuilder<unknown> => sql`
  select shown.value as lesson, count(*) as uses, sum(newest.corrected) as corrected
  from (select contexts.manifest, exists (select 1 from lessons as said where said.run_key = runs.run_key
          and said.kind in ('rejection', 'correction')) as corrected
      from runs join contexts on contexts.run_key = runs.run_key
      where runs.loop = ${loop} and runs.trigger_kind <> 'eval' order by runs.opened_at desc limit ${LOOKED_AT}) as newest
    join artefacts on artefacts.digest = newest.manifest,
    json_each(artefacts.body, '$.parts') as part, json_each(part.value, '$.lessons') as shown
  group by shown.value`;
