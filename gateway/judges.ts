import { Hono } from 'hono';
import { JUDGED_ARTEFACTS } from '../contract/judges.ts';
import { calibrate } from '../core/learning/judges.ts';
import type { Store } from '../store/ports.ts';
import { refusal } from './refusals.ts';

/** `GET /api/judges?loop`: how good the judges of a loop are, and what their words count for. */
export function judgeRoutes({ judgeRecords, loopBook }: Pick<Store, 'judgeRecords' | 'loopBook'>): Hono {
  return new Hono().get('/', async (context) => {
    const loop = context.req.query('loop') ?? '';
    if ((await loopBook.names()).includes(loop))
      return context.json(calibrate(loop, await judgeRecords.evidence(loop, JUDGED_ARTEFACTS)));
    return refusal(context, 404, 'NotFound', `This record has no loop "${loop}".`);
  });
}
