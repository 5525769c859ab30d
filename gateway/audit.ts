import { Hono } from 'hono';
import { z } from 'zod';
import { AuditQuery, type AuditHead } from '../contract/audit.ts';
import type { Store } from '../store/ports.ts';

/** A query string's view of {@link AuditQuery}. */
const fromText = z.strictObject({ after: z.coerce.number(), limit: z.coerce.number() }).pipe(AuditQuery);

/** `GET /api/audit?after&limit`: entries of the audit log, oldest first. `GET /api/audit/head`: the newest; of an empty log number 0, now. */
export function auditRoutes({ audit }: Pick<Store, 'audit'>): Hono {
  return new Hono()
    .get('/', async (context) => context.json(await audit.list(fromText.parse(context.req.query()))))
    .get('/head', async (context) => {
      const head = (await audit.head()) ?? { seq: 0, hash: '', at: Date.now() };
      return context.json(head satisfies AuditHead);
    });
}
