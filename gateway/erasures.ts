import { Hono } from 'hono';
import { Erasable, ErasureOrder } from '../contract/erasure.ts';
import { mentions } from '../core/mentions.ts';
import type { Store } from '../store/ports.ts';
import { ownerOnly, type Visited } from './visitor.ts';

/**
 * `GET /api/erasures`: what was erased, newest first. `POST /api/erasures/plan`: what an erasure would take. `PUT
 * /api/erasures`: erases; both are for commands of this machine. The subject is in the body and never in the address: addresses end up in logs.
 */
export function erasureRoutes({ erasures }: Store): Hono<Visited> {
  return new Hono<Visited>()
    .get('/', async (context) => context.json(await erasures.list()))
    .post('/plan', ownerOnly, async (context) =>
      context.json(await erasures.plan(wantedOf(Erasable.parse(await context.req.json())))),
    )
    .put('/', ownerOnly, async (context) => {
      const { of, reason, ...order } = ErasureOrder.parse(await context.req.json());
      const answer = await erasures.erase({
        ...order,
        ...wantedOf(of),
        ...(of.subject === undefined ? {} : { subject: of.subject }),
        ...(reason === undefined ? {} : { reason }),
      });
      return context.json(answer);
    });
}

function wantedOf({ subject, runs, insideWords }: Erasable) {
  return { named: subject === undefined ? () => false : mentions(subject, insideWords), runs };
}
