import { Hono } from 'hono';
import { z } from 'zod';
import { CostQuery } from '../contract/costs.ts';
import type { Store } from '../store/ports.ts';

/** A query string's view of {@link CostQuery}: everything is text there. */
const fromText = z
  .strictObject({ ...CostQuery.shape, since: z.coerce.number().optional(), until: z.coerce.number().optional() })
  .pipe(CostQuery);

/** `GET /api/costs?by&loop&since&until`: what money went where. */
export function costRoutes({ costs }: Store): Hono {
  return new Hono().get('/', async (context) => {
    const today = new Date().toISOString().slice(0, 10);
    return context.json(await costs.costs(fromText.parse(context.req.query()), today));
  });
}
