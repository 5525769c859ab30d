import { Hono } from 'hono';
import { z } from 'zod';
import { CaseListQuery, CaseMove } from '../contract/case.ts';
import type { Store } from '../store/ports.ts';
import { refusal } from './refusals.ts';
import { demand, type Visited } from './visitor.ts';

/** A query string's view of {@link CaseListQuery}. */
const fromText = z
  .strictObject({ ...CaseListQuery.shape, visible: z.stringbool().optional(), limit: z.coerce.number() })
  .pipe(CaseListQuery);

/** `GET /api/cases?loop&slice&cluster&source&visible&after&limit`: cases of a loop, oldest first. `GET /api/cases/one?loop&id`. `POST /api/cases/move`: what a case is for. */
export function caseRoutes({ cases }: Pick<Store, 'cases'>): Hono<Visited> {
  const missing = (loop: string, id: string): string => `Loop ${loop} has no case "${id}".`;
  return new Hono<Visited>()
    .get('/', async (context) => context.json(await cases.page(fromText.parse(context.req.query()))))
    .get('/one', async (context) => {
      const { loop, id } = z.strictObject({ loop: z.string(), id: z.string() }).parse(context.req.query());
      const found = await cases.find(loop, id);
      return found === undefined ? refusal(context, 404, 'NotFound', missing(loop, id)) : context.json(found);
    })
    .post('/move', demand('decide'), async (context) => {
      const { loop, id, slice } = CaseMove.parse(await context.req.json());
      const found = await cases.find(loop, id);
      if (found === undefined) return refusal(context, 404, 'NotFound', missing(loop, id));
      if (found.source === 'file')
        return refusal(
          context,
          409,
          'OfFile',
          `Case "${id}" is a line of the loop's cases.jsonl: say its slice there.`,
        );
      await cases.move(loop, id, slice);
      return context.json({ ...found, slice });
    });
}
