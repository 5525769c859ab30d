import { Hono } from 'hono';
import type { Store } from '../store/ports.ts';

/** `GET /api/alerts`: what people should know of, oldest first. */
export function alertRoutes({ alerts }: Store): Hono {
  return new Hono().get('/', async (context) => context.json(await alerts.open()));
}
