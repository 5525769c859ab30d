import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { LessonExpiry, LessonListQuery, LessonVerdict, type KeptLesson } from '../contract/kept-lesson.ts';
import type { Store } from '../store/ports.ts';
import { refusal } from './refusals.ts';
import { demand, type Visited } from './visitor.ts';

/** What these routes stand on. */
export interface LessonRoutesOptions {
  readonly store: Pick<Store, 'lessonStates' | 'failures'>;
  readonly now: () => number;
}

/** A query string's view of {@link LessonListQuery}. */
const fromText = z
  .strictObject({ ...LessonListQuery.shape, before: z.coerce.number().optional(), limit: z.coerce.number() })
  .pipe(LessonListQuery);

const OfLoop = z.strictObject({ loop: z.string() });

const One = z.strictObject({ loop: z.string(), id: z.coerce.number() });

/**
 * `GET /api/lessons?loop&kind&state&cluster&before&limit`: lessons of a loop, newest first; `…/one?loop&id`, `…/clusters?loop`,
 * `…/expiry?loop`. `POST /api/lessons/judge` and `PUT /api/lessons/expiry`: what becomes of them.
 */
export function lessonRoutes({ store: { lessonStates, failures }, now }: LessonRoutesOptions): Hono<Visited> {
  return new Hono<Visited>()
    .get('/', async (context) => context.json(await lessonStates.list(fromText.parse(context.req.query()))))
    .get('/one', async (context) => {
      const { loop, id } = One.parse(context.req.query());
      return found(context, await lessonStates.find(loop, id), { loop, id });
    })
    .get('/clusters', async (context) =>
      context.json(await failures.clusters(OfLoop.parse(context.req.query()).loop, now())),
    )
    .get('/expiry', async (context) => context.json(await lessonStates.expiry(OfLoop.parse(context.req.query()).loop)))
    .put('/expiry', demand('decide'), async (context) => {
      const expiry = LessonExpiry.parse(await context.req.json());
      await lessonStates.setExpiry(expiry);
      return context.json(expiry);
    })
    .post('/judge', demand('decide'), async (context) => {
      const verdict = LessonVerdict.parse(await context.req.json());
      const judged = await judgeLesson(lessonStates, { ...verdict, by: context.get('visitor').name, at: now() });
      return found(context, judged, verdict);
    });
}

/** Reviews or retires a lesson; undefined where the loop has none with that id. */
export async function judgeLesson(
  states: Store['lessonStates'],
  { loop, id, verdict, because, by, at }: LessonVerdict & { readonly by: string; readonly at: number },
): Promise<KeptLesson | undefined> {
  if ((await states.find(loop, id)) === undefined) return undefined;
  const state = verdict === 'review' ? 'active' : 'retired';
  const why = because ?? (verdict === 'review' ? 'read by a person' : 'retired by a person');
  await states.change([{ loop, lesson: id, state, because: why, by, at }]);
  return await states.find(loop, id);
}

function found(
  context: Context,
  lesson: KeptLesson | undefined,
  { loop, id }: { readonly loop: string; readonly id: number },
): Response {
  if (lesson !== undefined) return context.json(lesson);
  return refusal(context, 404, 'NotFound', `Loop ${loop} has no lesson ${id}.`);
}
