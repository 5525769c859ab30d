import { sql, type Kysely, type RawBuilder } from 'kysely';
import {
  ABLATION_OF,
  LOOKED_AT,
  type KeptLesson,
  type LessonExpiry,
  type LessonListQuery,
  type LessonState,
  type LessonTried,
} from '../contract/kept-lesson.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';
import { ablatedLesson, lastChanges, sqlLessonTrials, type LessonTrials } from './lesson-trials.ts';
import { lessonOf } from './lessons.ts';
import type { Tables } from './schema.ts';

/** A change to record. */
export interface NewLessonChange {
  readonly loop: string;
  readonly lesson: number;
  readonly state: LessonState;
  readonly because: string;
  readonly by: string;
  readonly at: Timestamp;
}

/** How lessons stand. A change has a number among those of lessons: a run knows the changes up to its watermark. */
export interface LessonStates extends LessonTrials {
  /** Records changes; one to the state that a person or a rule gave the lesson last changes nothing. */
  change(changes: readonly NewLessonChange[]): Promise<void>;
  /** Lessons of a loop with how they stand, newest first. */
  list(query: LessonListQuery): Promise<readonly KeptLesson[]>;
  find(loop: string, id: number): Promise<KeptLesson | undefined>;
  /** Lessons of a loop that were never retired and of which an ablation has shown that they do harm. */
  harmful(loop: string): Promise<readonly { readonly lesson: number; readonly because: string }[]>;
  /** When examples of a loop are retired by themselves. */
  expiry(loop: string): Promise<LessonExpiry>;
  setExpiry(expiry: LessonExpiry): Promise<void>;
  /** Examples that were never retired and are to be by that rule, oldest first, at most `limit`. */
  due(expiry: LessonExpiry, now: Timestamp, limit: number): Promise<readonly number[]>;
}

/** How lessons stand, in SQL. */
export function sqlLessonStates(database: Database): LessonStates {
  const { read, write } = database;
  return {
    ...sqlLessonTrials(database),
    change: (changes) =>
      write(async (trx) => {
        for (const change of changes) await record(trx, change);
      }),
    list: async (query) => (await kept(read, query)).map(keptOf),
    async find(loop, id) {
      const [row] = await kept(read, { loop, id, limit: 1 });
      return row && keptOf(row);
    },
    async harmful(loop) {
      const { rows } = await sql<{ lesson: number; because: string }>`
        select lessons.id as lesson, experiments.because from experiments
          join lessons on lessons.id = ${ablatedLesson}
        where experiments.kind = 'ablation' and experiments.loop = ${loop} and experiments.standing = 'refuted'
          and lessons.loop = ${loop} and ${neverRetired}`.execute(read);
      return rows;
    },
    async expiry(loop) {
      const row = await read.selectFrom('lesson_expiry').selectAll().where('loop', '=', loop).executeTakeFirst();
      const { after_ms: afterMs = null, unused_for: unusedFor = null } = row ?? {};
      return { loop, ...(afterMs === null ? {} : { afterMs }), ...(unusedFor === null ? {} : { unusedFor }) };
    },
    setExpiry: ({ loop, afterMs, unusedFor }) =>
      write(async (trx) => {
        const values = { after_ms: afterMs ?? null, unused_for: unusedFor ?? null };
        await trx
          .insertInto('lesson_expiry')
          .values({ loop, ...values })
          .onConflict((on) => on.column('loop').doUpdateSet(values))
          .execute();
      }),
    due: (expiry, now, limit) => due(read, expiry, { now, limit }),
  };
}

async function record(trx: Kysely<Tables>, change: NewLessonChange): Promise<void> {
  const last = await trx
    .selectFrom('lesson_changes')
    .select('state')
    .where('lesson', '=', change.lesson)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.state === change.state) return;
  // The next number of a lesson is taken, so that no lesson gets it: runs that are open have a lower watermark.
  const { rows } = await sql<{ seq: number }>`update sqlite_sequence set seq = seq + 1 where name = 'lessons'
    returning seq`.execute(trx);
  for (const { seq } of rows)
    await trx
      .insertInto('lesson_changes')
      .values({ ...change, id: seq })
      .execute();
}

/** Lessons that the newest contexts of a loop showed, with how often and when last. */
const usesOf = (loop: string, contexts: number): RawBuilder<unknown> => sql`
  select shown.value as lesson, count(*) as uses, max(newest.at) as last_at
  from (select contexts.manifest, contexts.at from runs join contexts on contexts.run_key = runs.run_key
      where runs.loop = ${loop} and runs.trigger_kind <> 'eval' order by runs.opened_at desc limit ${contexts}) as newest
    join artefacts on artefacts.digest = newest.manifest,
    json_each(artefacts.body, '$.parts') as part, json_each(part.value, '$.lessons') as shown
  group by shown.value`;

/** A rule retires a lesson once: what a person takes back stays. */
const neverRetired = sql`not exists (select 1 from lesson_changes where lesson_changes.lesson = lessons.id
  and lesson_changes.state = 'retired')`;

/** Groups of cases on which leaving a lesson out made the difference, and in which direction. */
const ablated = sql`
  select ${ablatedLesson} as lesson,
    count(distinct case when present.verdict = 'pass' then present.related end) as helpful,
    count(distinct case when present.verdict = 'fail' then present.related end) as harmful
  from experiments
    join grades as present on present.experiment = experiments.id and present.arm = 'baseline'
    join grades as absent on absent.experiment = experiments.id and absent.arm = 'candidate'
      and absent.case_id = present.case_id
  where experiments.kind = 'ablation' and experiments.cluster like ${`${ABLATION_OF}%`}
    and present.verdict in ('pass', 'fail') and absent.verdict in ('pass', 'fail') and present.verdict <> absent.verdict
  group by 1`;

/** The newest ablation of each lesson of a loop. */
const newestTrial = (loop: string): RawBuilder<unknown> => sql`
  select ${ablatedLesson} as lesson, id, candidate, state, standing, because, max(opened_at) as opened_at
  from experiments where loop = ${loop} and kind = 'ablation' and cluster like ${`${ABLATION_OF}%`} group by 1`;

type Row = Tables['lessons'] & {
  readonly id: number;
  readonly state: LessonState;
  readonly reviewed: number;
  readonly cluster: string | null;
  readonly because: string | null;
  readonly changed_by: string | null;
  readonly changed_at: number | null;
  readonly uses: number;
  readonly last_at: number | null;
  readonly helpful: number;
  readonly harmful: number;
  readonly tried_in: string | null;
  readonly tried_on: string | null;
  readonly tried_state: LessonTried['state'] | null;
  readonly tried_standing: LessonTried['standing'] | null;
  readonly tried_because: string | null;
  readonly tried_at: number | null;
};

async function kept(
  read: Kysely<Tables>,
  { loop, kind, state, cluster, before, limit, id }: LessonListQuery & { readonly id?: number },
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select * from (
      select lessons.*, failures.cluster, change.because, change.by as changed_by, change.at as changed_at,
        coalesce(change.state, case lessons.kind when 'example' then 'active' else 'needsReview' end) as state,
        coalesce(change.state = 'active', 0) as reviewed,
        coalesce(used.uses, 0) as uses, used.last_at, coalesce(tried.helpful, 0) as helpful,
        coalesce(tried.harmful, 0) as harmful, trial.id as tried_in, trial.candidate as tried_on, trial.state as tried_state,
        trial.standing as tried_standing, trial.because as tried_because, trial.opened_at as tried_at
      from lessons left join failures on failures.lesson = lessons.id
        left join (${lastChanges(loop)}) as change on change.lesson = lessons.id
        left join (${usesOf(loop, LOOKED_AT)}) as used on used.lesson = lessons.id
        left join (${ablated}) as tried on tried.lesson = lessons.id
        left join (${newestTrial(loop)}) as trial on trial.lesson = lessons.id
      where lessons.loop = ${loop} and lessons.erased_at is null)
    where 1 = 1 ${also(kind, sql`kind`)} ${also(state, sql`state`)} ${also(cluster, sql`cluster`)} ${also(id, sql`id`)}
      ${before === undefined ? sql`` : sql`and id < ${before}`}
    order by id desc limit ${limit}`.execute(read);
  return rows;
}

function also(value: string | number | undefined, column: RawBuilder<unknown>): RawBuilder<unknown> {
  return value === undefined ? sql`` : sql`and ${column} = ${value}`;
}

function keptOf(row: Row): KeptLesson {
  const { trust: _all, artefact: _text, ...lesson } = lessonOf(row);
  return {
    ...lesson,
    state: row.state,
    reviewed: row.reviewed === 1,
    uses: row.uses,
    helpful: row.helpful,
    harmful: row.harmful,
    ...(row.cluster === null ? {} : { cluster: row.cluster }),
    ...(row.because === null ? {} : { because: row.because }),
    ...(row.changed_by === null ? {} : { changedBy: row.changed_by }),
    ...(row.changed_at === null ? {} : { changedAt: row.changed_at }),
    ...(row.last_at === null ? {} : { lastUsedAt: row.last_at }),
    ...triedOf(row),
  };
}

function triedOf(row: Row): Pick<KeptLesson, 'tried'> {
  const { tried_in: experiment, tried_on: harness, tried_state: state, tried_standing: standing } = row;
  if (experiment === null || harness === null || state === null || standing === null) return {};
  const said = { because: row.tried_because ?? '', openedAt: row.tried_at ?? 0 };
  return { tried: { experiment, harness, state, standing, ...said } };
}

async function due(
  read: Kysely<Tables>,
  { loop, afterMs, unusedFor }: LessonExpiry,
  { now, limit }: { readonly now: Timestamp; readonly limit: number },
): Promise<readonly number[]> {
  const old = afterMs === undefined ? sql`0` : sql`lessons.created_at < ${now - afterMs}`;
  // Older than all of the contexts that are looked at: a lesson that could not be shown yet is not unused.
  const unused =
    unusedFor === undefined
      ? sql`0`
      : sql`lessons.id not in (select lesson from (${usesOf(loop, unusedFor)})) and lessons.created_at <
          (select opened_at from runs where loop = ${loop} and trigger_kind <> 'eval' order by opened_at desc
           limit 1 offset ${unusedFor - 1})`;
  const { rows } = await sql<{ id: number }>`
    select lessons.id from lessons
    where lessons.loop = ${loop} and lessons.kind = 'example' and lessons.erased_at is null and ${neverRetired}
      and (${old} or (${unused}))
    order by lessons.id limit ${limit}`.execute(read);
  return rows.map(({ id }) => id);
}
