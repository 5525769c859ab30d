import { Hono } from 'hono';
import { z } from 'zod';
import { RunQuery } from '../contract/record.ts';
import { RecordQuery } from '../contract/run-record.ts';
import type { Store } from '../store/ports.ts';
import { refusal } from './refusals.ts';

/** A query string's view of {@link RunQuery}: everything is text there. */
const fromText = z
  .strictObject({
    ...RunQuery.shape,
    open: z.stringbool().optional(),
    since: z.coerce.number().optional(),
    limit: z.coerce.number(),
  })
  .pipe(RunQuery);

/** `GET /api/runs?loop&outcome&trigger&named&open&since&after&limit`: runs, newest first. `GET /api/runs/record?run&runId`: all about one. */
export function runRoutes(store: Store): Hono {
  return new Hono()
    .get('/', async (context) => context.json(await store.runs.list(fromText.parse(context.req.query()))))
    .get('/record', async (context) => {
      const query = RecordQuery.parse(context.req.query());
      const record = await store.records.find(query);
      if (record !== undefined) return context.json(record);
      return refusal(context, 404, 'UnknownRun', `This record has no run "${query.run}".`);
    });
}
