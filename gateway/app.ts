import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Store } from '../store/ports.ts';
import { admit } from './admission.ts';
import { alertRoutes } from './alerts.ts';
import { auditRoutes } from './audit.ts';
import { deliveryRoutes } from './deliveries.ts';
import { erasureRoutes } from './erasures.ts';
import { hookRoutes, type HookOptions } from './hooks.ts';
import { answerFailure, refusal } from './refusals.ts';
import { costRoutes } from './costs.ts';
import { reviewAnswerRoutes } from './review-answers.ts';
import { runRoutes } from './runs.ts';
import { scheduleRoutes } from './schedules.ts';

/** Largest request body, in bytes. */
const MOST_BYTES = 1024 * 1024;

/** What the gateway stands on. */
export interface GatewayOptions {
  readonly store: Store;
  /** The secret that requests carry as `Authorization: Bearer`. */
  readonly token: string;
  /** Process that owns the store. */
  readonly pid: number;
  /** Who may send webhooks; nobody by default. */
  readonly hooks?: HookOptions;
}

/**
 * The local HTTP API of the process that owns a store: JSON in, JSON out, errors as `{ error: { type, message } }`. It
 * needs no server: `app.request()` answers too. Each noun has a file with its routes, and one line here.
 */
export function createApp({ store, token, pid, hooks }: GatewayOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => answerFailure(context, error));
  // Before anybody is asked for a token: the signature is theirs.
  if (hooks !== undefined) app.route('/hooks', hookRoutes(store, hooks));
  app.use(admit(token));
  app.use(bodyLimit({ maxSize: MOST_BYTES, onError: (context) => refusal(context, 413, 'TooLarge', tooLarge) }));
  app.get('/api/owner', (context) => context.json({ pid }));
  app.route('/api/runs', runRoutes(store));
  app.route('/api/costs', costRoutes(store));
  app.route('/api/review-answers', reviewAnswerRoutes(store));
  app.route('/api/erasures', erasureRoutes(store));
  app.route('/api/alerts', alertRoutes(store));
  app.route('/api/schedules', scheduleRoutes(store));
  app.route('/api/audit', auditRoutes(store));
  app.route('/api/deliveries', deliveryRoutes(store, hooks));
  app.notFound((context) =>
    refusal(context, 404, 'NotFound', `There is no ${context.req.method} ${context.req.path}.`),
  );
  return app;
}

const tooLarge = `A request body may have at most ${MOST_BYTES} bytes.`;
