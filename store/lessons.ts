import type { Insertable, Kysely, Selectable } from 'kysely';
import type { LessonState } from '../contract/kept-lesson.ts';
import type { Lesson } from '../contract/lesson.ts';
import type { Lessons, NewLesson } from './ports.ts';
import type { Tables } from './schema.ts';
import { first, prepared } from './prepared.ts';
import type { ErasureCount } from './erasure-count.ts';
import type { Database } from './group-commit.ts';

const selectNewest = prepared((database) =>
  database.selectNoFrom((row) => [
    row
      .selectFrom('lessons')
      .select(({ fn }) => fn.max('id').as('id'))
      .as('lesson'),
    row
      .selectFrom('lesson_changes')
      .select(({ fn }) => fn.max('id').as('id'))
      .as('change'),
  ]),
);

const countOf = prepared((database, { runKey }: { runKey: string }) =>
  database
    .selectFrom('lessons')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('run_key', '=', runKey),
);

/** Lessons in the order they were learnt, in SQL. */
export function sqlLessons({ read }: Database, erasures: ErasureCount): Lessons {
  return {
    async watermark() {
      const [newest] = await selectNewest(read, {});
      return Math.max(newest?.lesson ?? 0, newest?.change ?? 0);
    },
    erasures: () => erasures.now(),
    async list({ loop, runKey, after, upTo, limit }) {
      const rows = await read
        .selectFrom('lessons')
        .selectAll()
        .where('loop', '=', loop)
        .where('id', '>', after)
        .where('id', '<=', upTo)
        .where('erased_at', 'is', null)
        .orderBy('id')
        .$if(runKey !== undefined, (some) => some.where('run_key', '=', runKey ?? ''))
        .$if(limit !== undefined, (some) => some.limit(limit ?? 0))
        .execute();
      return rows.map(lessonOf);
    },
    changes: ({ loop, after, upTo }) =>
      read
        .selectFrom('lesson_changes')
        .select(['id', 'lesson', (row) => row.ref('state').$castTo<LessonState>().as('state')])
        .where('loop', '=', loop)
        .where('id', '>', after)
        .where('id', '<=', upTo)
        .orderBy('id')
        .execute(),
  };
}

/** Writes lessons; one whose key exists changes nothing. */
export async function addLessons(trx: Kysely<Tables>, lessons: readonly NewLesson[]): Promise<void> {
  if (lessons.length === 0) return;
  await trx
    .insertInto('lessons')
    .values(lessons.map(rowOf))
    .onConflict((on) => on.column('key').doNothing())
    .execute();
}

/** How many lessons a run has left. */
export async function countLessons(trx: Kysely<Tables>, runKey: string): Promise<number> {
  return first(await countOf(trx, { runKey })).n;
}

function rowOf(lesson: NewLesson): Insertable<Tables['lessons']> {
  return {
    key: lesson.key,
    loop: lesson.loop,
    kind: lesson.kind,
    text: lesson.text,
    input: JSON.stringify(lesson.input),
    output: lesson.output === undefined ? null : JSON.stringify(lesson.output),
    predicted: lesson.predicted === undefined ? null : JSON.stringify(lesson.predicted),
    trust: lesson.trust,
    run_key: lesson.runKey,
    source: lesson.source,
    by: lesson.by ?? null,
    artefact: lesson.artefact ?? null,
    created_at: lesson.createdAt,
  };
}

/** A lesson as its row holds it. */
export function lessonOf(row: Selectable<Tables['lessons']>): Lesson {
  return {
    id: row.id,
    loop: row.loop,
    kind: row.kind as Lesson['kind'],
    text: row.text,
    input: JSON.parse(row.input),
    ...(row.output === null ? {} : { output: JSON.parse(row.output) as unknown }),
    ...(row.predicted === null ? {} : { predicted: JSON.parse(row.predicted) as unknown }),
    trust: 'untrusted',
    runKey: row.run_key,
    source: row.source as Lesson['source'],
    ...(row.by === null ? {} : { by: row.by }),
    ...(row.artefact === null ? {} : { artefact: row.artefact }),
    createdAt: row.created_at,
  };
}
