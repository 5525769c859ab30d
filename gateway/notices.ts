import { Hono } from 'hono';
import { z } from 'zod';
import { LetterQuery } from '../contract/notify.ts';
import type { Store } from '../store/ports.ts';
import type { Visited } from './visitor.ts';

/** A query string's view of {@link LetterQuery}. */
const fromText = z.strictObject({ ...LetterQuery.shape, limit: z.coerce.number() }).pipe(LetterQuery);

/** `GET /api/notices?channel&state&limit`: what people were told, what waits and what failed, newest first. */
export function noticeRoutes({ notices }: Pick<Store, 'notices'>): Hono<Visited> {
  return new Hono<Visited>().get('/', async (context) =>
    context.json(await notices.list(fromText.parse(context.req.query()))),
  );
}
