import { Hono } from 'hono';
import { z } from 'zod';
import { RunQuery } from '../contract/record.ts';
import type { Store } from '../store/ports.ts';

/** A query string's view of {@link RunQuery}: everything is text there. */
const fromText = z
  .strictObject({
    ...RunQuery.shape,
    open: z.stringbool().optional(),
    since: z.coerce.number().optional(),
    limit: z.coerce.number(),
  })
  .pipe(RunQuery);

/** `GET /api/runs?loop&outcome&open&since&limit`: runs, newest first. */
export function runRoutes(store: Store): Hono {
  return new Hono().get('/', async (context) =>
    context.json(await store.runs.list(fromText.parse(context.req.query()))),
  );
}
