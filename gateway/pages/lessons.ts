import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { LESSON_STATES, LessonVerdict } from '../../contract/kept-lesson.ts';
import { judgeLesson } from '../lessons.ts';
import { demand, type Visited } from '../visitor.ts';
import type { Said } from './layout.ts';
import { lessonsBody } from './lessons-body.ts';
import { missingPage } from './missing.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { address } from './parts/pager.ts';
import { lessonsPath } from './parts/run-words.ts';

/** Lessons a page. */
const PAGE = 25;

/** What of a list is shown, and what was just done; an address may say anything. */
const Query = z.object({
  state: z.enum(LESSON_STATES).optional().catch(undefined),
  cluster: z.string().max(500).optional().catch(undefined),
  after: z.coerce.number().int().positive().optional().catch(undefined),
  done: z.coerce.number().int().positive().optional().catch(undefined),
});

/** `GET /loops/<name>/lessons`: in which ways runs went wrong, and what was learnt. `POST …/judge`: a person reviews or retires a lesson. */
export function lessonPages(options: PageOptions): Hono<Visited> {
  const path = (context: Context): string => lessonsPath(context.req.param('name') ?? '');
  return new Hono<Visited>()
    .get('/:name/lessons', (context) => answer(context, options, {}))
    .get('/:name/lessons/judge', (context) => context.redirect(path(context), 303))
    .post('/:name/lessons/judge', demand('decide'), async (context) => {
      const { id, verdict, because } = await context.req.parseBody();
      const why = typeof because === 'string' && because.trim() !== '' ? { because } : {};
      const sent = { loop: context.req.param('name'), id: Number(id), verdict, ...why };
      const parsed = LessonVerdict.safeParse(sent);
      if (!parsed.success) {
        const text = 'Expected a lesson and what becomes of it. Choose it from the list below.';
        return await answer(context, options, { said: { tone: 'bad', text }, status: 422 });
      }
      const doing = { by: visitorOf(context).name, at: options.now() };
      const judged = await judgeLesson(options.store.lessonStates, { ...parsed.data, ...doing });
      if (judged !== undefined) return context.redirect(address(path(context), { done: String(judged.id) }), 303);
      const text = `There is no lesson ${parsed.data.id} any more.`;
      return await answer(context, options, { said: { tone: 'bad', text }, status: 404 });
    });
}

async function answer(
  context: Context,
  options: PageOptions,
  { said, status = 200 }: { readonly said?: Said; readonly status?: ContentfulStatusCode },
): Promise<Response> {
  const loop = context.req.param('name') ?? '';
  const { harnesses, lessonStates, failures } = options.store;
  if ((await harnesses.current(loop)) === undefined)
    return await missingPage(context, options, `There is no loop “${loop}” on record.`);
  const { state, cluster, after, done } = Query.parse(context.req.query());
  const wanted = {
    loop,
    ...(state === undefined ? {} : { state }),
    ...(cluster === undefined || cluster === '' ? {} : { cluster }),
    ...(after === undefined ? {} : { before: after }),
  };
  const [clusters, lessons, changed] = await Promise.all([
    failures.clusters(loop, options.now()),
    lessonStates.list({ ...wanted, limit: PAGE + 1 }),
    done === undefined ? undefined : lessonStates.find(loop, done),
  ]);
  // An address can be made up, so what is said is what the record says.
  const news: Said | undefined =
    changed?.changedAt === undefined
      ? undefined
      : { tone: 'good', text: `Lesson ${changed.id} is ${changed.state} now.` };
  const next = lessons.length > PAGE ? lessons[PAGE - 1]?.id : undefined;
  return await answerPage(context, options, {
    frame: { title: `Lessons of ${loop}`, section: 'loops', said: said ?? news },
    body: lessonsBody(
      { loop, clusters, lessons: lessons.slice(0, PAGE) },
      { state, cluster, after, next, visitor: visitorOf(context), now: options.now() },
    ),
    status,
  });
}
