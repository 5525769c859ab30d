import { Hono } from 'hono';
import { z } from 'zod';
import { DeliveryKey, DeliveryQuery } from '../contract/hooks.ts';
import type { Store } from '../store/ports.ts';
import type { HookOptions } from './hooks.ts';
import { refusal } from './refusals.ts';
import { demand, type Visited } from './visitor.ts';

/** A query string's view of {@link DeliveryQuery}. */
const fromText = z.strictObject({ ...DeliveryQuery.shape, limit: z.coerce.number() }).pipe(DeliveryQuery);

/** `GET /api/deliveries?source&state&limit`: what came over webhooks, newest first. `POST /api/deliveries/retry`: lets a failed one wait again. */
export function deliveryRoutes({ inbox }: Pick<Store, 'inbox'>, hooks: HookOptions | undefined): Hono<Visited> {
  return new Hono<Visited>()
    .get('/', async (context) => context.json(await inbox.list(fromText.parse(context.req.query()))))
    .post('/retry', demand('start'), async (context) => {
      const key = DeliveryKey.parse(await context.req.json());
      if (!(await inbox.retry(key)))
        return refusal(context, 404, 'NotFound', `There is no failed delivery ${key.source}/${key.delivery}.`);
      hooks?.wake();
      return context.json(key);
    });
}
