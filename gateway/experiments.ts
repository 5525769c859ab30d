import { Hono } from 'hono';
import { z } from 'zod';
import { type Baseline, ExperimentQuery } from '../contract/experiment-report.ts';
import type { Store } from '../store/ports.ts';
import { refusal } from './refusals.ts';
import { reportFor } from './report-for.ts';

/** A query string's view of {@link ExperimentQuery}: everything is text there. */
const fromText = z
  .strictObject({ ...ExperimentQuery.shape, limit: z.coerce.number().default(50) })
  .pipe(ExperimentQuery);

/** `GET /api/experiments?loop&limit`, `/baseline?loop` and `/:id`: what is known of versions that were held against cases. */
export function experimentRoutes({ experiments, grades, harnesses }: Store): Hono {
  return new Hono()
    .get('/', async (context) => context.json(await experiments.list(fromText.parse(context.req.query()))))
    .get('/baseline', async (context) => {
      const { loop } = z.strictObject({ loop: z.string() }).parse(context.req.query());
      const current = await harnesses.current(loop);
      if (current === undefined)
        return refusal(context, 404, 'NotFound', `This record has no harness of a loop ${loop}.`);
      const version = `v${current.version}`;
      const baseline = await experiments.baseline(loop, version);
      return context.json({ version, ...(baseline === undefined ? {} : { baseline }) } satisfies Baseline);
    })
    .get('/:id', async (context) => {
      const id = context.req.param('id');
      const experiment = await experiments.find(id);
      if (experiment === undefined) return refusal(context, 404, 'NotFound', `There is no experiment ${id}.`);
      return context.json(await reportFor({ experiments, grades }, experiment));
    });
}
