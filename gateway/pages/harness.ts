import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { VersionName } from '../../contract/harness-move.ts';
import { RollbackRequest, type HarnessRecord } from '../../contract/harness-record.ts';
import type { Moved } from '../../store/ports.ts';
import { harnessRecordOf } from '../harness-record.ts';
import { demand, type Visited } from '../visitor.ts';
import { harnessBody, type Compared } from './harness-body.ts';
import type { Said } from './layout.ts';
import { missingPage } from './missing.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { harnessPath } from './parts/run-words.ts';

/** Which versions are held against each other, and what was just done; an address may say anything. */
const Query = z.object({
  from: VersionName.optional().catch(undefined),
  to: VersionName.optional().catch(undefined),
  done: z.string().optional(),
});

/** `GET /loops/<name>/harness`: versions, what is between two, and moves. `POST …/rollback`: back to what was shown as earlier, from what was shown as current. */
export function harnessPages(options: PageOptions): Hono<Visited> {
  const path = (context: Context): string => harnessPath(context.req.param('name') ?? '');
  return new Hono<Visited>()
    .get('/:name/harness', (context) => answer(context, options, {}))
    .get('/:name/harness/rollback', (context) => context.redirect(path(context), 303))
    .post('/:name/harness/rollback', demand('decide'), async (context) => {
      const loop = context.req.param('name');
      const { csrf: _csrf, ...sent } = await context.req.parseBody();
      const request = RollbackRequest.safeParse(sent);
      if (!request.success) {
        const text = 'Expected a reason, got none: say why the loop has to go back.';
        return await answer(context, options, { said: { tone: 'bad', text }, status: 422 });
      }
      const by = visitorOf(context).name;
      const moved = await options.store.harnesses
        .rollback({ ...request.data, loop, by, at: options.now() })
        .catch((error: unknown) => refused(error));
      if (moved.kind === 'moved') return context.redirect(`${path(context)}?done=${moved.current}`, 303);
      return await answer(context, options, { said: { tone: 'bad', text: notMoved(moved) }, status: 409 });
    });
}

/** A move that was not made. */
type NotMoved = Exclude<Moved, { readonly kind: 'moved' }> | { readonly kind: 'refused'; readonly why: string };

/** What the record refuses in words is for who asked; anything else is not. */
function refused(error: unknown): NotMoved {
  if (error instanceof ApplicationFailure && error.type === 'InvalidInput')
    return { kind: 'refused', why: error.message };
  throw error;
}

function notMoved(answer: NotMoved): string {
  switch (answer.kind) {
    case 'already':
      return `It runs on ${answer.current} already.`;
    case 'conflict':
      return `Somebody was first: it runs on ${answer.current} now. Look at what that is before you go back.`;
    case 'refused':
      return answer.why;
  }
}

async function answer(
  context: Context,
  options: PageOptions,
  { said, status = 200 }: { readonly said?: Said; readonly status?: ContentfulStatusCode },
): Promise<Response> {
  const loop = context.req.param('name') ?? '';
  const record = await harnessRecordOf(options.store, loop);
  if (record === undefined) return await missingPage(context, options, `There is no loop “${loop}” on record.`);
  const { from, to, done } = Query.parse(context.req.query());
  const compared = await compare(options, record, { from, to });
  const looking = { visitor: visitorOf(context), now: options.now(), key: randomUUID() };
  // An address can be made up, so nothing is said that the record denies.
  const back = record.moves[0]?.kind === 'rollback' && done === record.current;
  const news = back ? ({ tone: 'good', text: `New runs take ${record.current} from now on.` } as const) : undefined;
  return await answerPage(context, options, {
    frame: { title: `Harness of ${loop}`, section: 'loops', said: said ?? news },
    body: harnessBody(record, compared, looking),
    status,
  });
}

/** The two versions that were asked for, else what the loop runs on and what it ran on before. */
async function compare(
  { store: { harnesses } }: PageOptions,
  { loop, current, moves }: HarnessRecord,
  asked: { readonly from: string | undefined; readonly to: string | undefined },
): Promise<Compared | undefined> {
  const { from = moves[0]?.from, to = current } = asked;
  if (from === undefined) return undefined;
  const [before, after] = await Promise.all([from, to].map((one) => harnesses.find(loop, one)));
  if (before === undefined || after === undefined) return undefined;
  return { from, to, before: JSON.stringify(before.body), after: JSON.stringify(after.body) };
}
