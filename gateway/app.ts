import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Visitor } from '../contract/access.ts';
import type { Store } from '../store/ports.ts';
import { alertRoutes } from './alerts.ts';
import { approvalRoutes } from './approvals.ts';
import { auditRoutes } from './audit.ts';
import { briefRoutes } from './briefs.ts';
import type { Desk } from './desk.ts';
import { assetRoutes } from './pages/assets.ts';
import { pageRoutes } from './pages/pages.ts';
import type { Workshop } from './workshop.ts';
import { deliveryRoutes } from './deliveries.ts';
import { erasureRoutes } from './erasures.ts';
import { safeHeaders } from './headers.ts';
import { eventRoutes } from './events.ts';
import { harnessRoutes } from './harnesses.ts';
import { experimentRoutes } from './experiments.ts';
import { hookRoutes, type HookOptions } from './hooks.ts';
import { pinned } from './host.ts';
import { judgeRoutes } from './judges.ts';
import { loopEvidenceRoutes } from './loop-evidence.ts';
import { noticeRoutes } from './notices.ts';
import { ownPagesOnly } from './own-pages-only.ts';
import { answerFailure, refusal } from './refusals.ts';
import { caseRoutes } from './cases.ts';
import { costRoutes } from './costs.ts';
import { lessonRoutes } from './lessons.ts';
import { reviewAnswerRoutes } from './review-answers.ts';
import { runRoutes } from './runs.ts';
import { scheduleRoutes } from './schedules.ts';
import { signInRoutes } from './sign-in.ts';
import { userRoutes } from './users.ts';
import { somebody, unknown, visitors, type Visited } from './visitor.ts';

/** Largest request body, in bytes. */
const MOST_BYTES = 1024 * 1024;

/** What the gateway stands on. */
export interface GatewayOptions {
  readonly store: Store;
  /** The secret that this machine's commands carry as `Authorization: Bearer`. */
  readonly token: string;
  /** Process that owns the store. */
  readonly pid: number;
  /** Who may send webhooks; nobody by default. */
  readonly hooks?: HookOptions;
  /** Address of a proxy that speaks for the gateway, such as `https://loops.example.com`. */
  readonly origin?: string | undefined;
  /** Says what whoever runs the gateway should know; nothing by default. */
  readonly report?: (text: string) => void;
  /** Where decisions go, and the loops that run here: both come with the worker. */
  readonly desk?: () => Desk | undefined;
  readonly workshop?: () => Workshop | undefined;
  /** Aborted when the gateway stops: answers that go on and on end. Default: they end with their connection. */
  readonly ended?: AbortSignal;
  /** How often a stream of news that has none says so, in milliseconds. Default: 15 s. */
  readonly heartbeatMs?: number;
  /** Default: the system's clock. */
  readonly now?: () => number;
}

/**
 * The HTTP of the process that owns a store: pages for people, and an API of JSON whose errors are `{ error: { type, message
 * } }`. It needs no server: `app.request()` answers too. Each noun has a file with its routes, and one line here. Who asks
 * is known to every route behind {@link visitors}; a route that changes something says what that takes.
 */
export function createApp(options: GatewayOptions): Hono<Visited> {
  const { store, token, pid, hooks, origin, report, now = Date.now } = options;
  const {
    desk = () => undefined,
    workshop = () => undefined,
    ended = new AbortController().signal,
    heartbeatMs,
  } = options;
  const app = new Hono<Visited>();
  app.onError((error, context) => answerFailure(context, error));
  app.use(safeHeaders);
  // Before anybody is asked who they are: the signature is theirs, and no cookie counts.
  if (hooks !== undefined) app.route('/hooks', hookRoutes(store, hooks));
  app.use(pinned(origin));
  app.route('/assets', assetRoutes());
  app.use(visitors({ store, ownerToken: token, origin, now }));
  app.use(bodyLimit({ maxSize: MOST_BYTES, onError: (context) => refusal(context, 413, 'TooLarge', tooLarge) }));
  app.use(ownPagesOnly(origin));
  app.route('/', signInRoutes({ store, now, origin, report }));
  app.use('/api/*', somebody);
  app.get('/api/owner', (context) => context.json({ pid }));
  app.route('/api/runs', runRoutes(store));
  app.route('/api/costs', costRoutes(store));
  app.route('/api/experiments', experimentRoutes(store));
  app.route('/api/cases', caseRoutes(store));
  app.route('/api/lessons', lessonRoutes({ store, now }));
  app.route('/api/review-answers', reviewAnswerRoutes(store));
  app.route('/api/loop-evidence', loopEvidenceRoutes(store, now));
  app.route('/api/erasures', erasureRoutes(store));
  app.route('/api/alerts', alertRoutes(store));
  app.route('/api/judges', judgeRoutes(store));
  app.route('/api/notices', noticeRoutes(store));
  app.route('/api/schedules', scheduleRoutes(store));
  app.route('/api/audit', auditRoutes(store));
  app.route('/api/users', userRoutes(store, { now, origin }));
  app.route('/api/deliveries', deliveryRoutes(store, hooks));
  app.route('/api/approvals', approvalRoutes({ store, desk, now }));
  app.route('/api/harnesses', harnessRoutes({ store, now }));
  app.route('/api/briefs', briefRoutes({ store, now }));
  app.route('/events', eventRoutes({ store, now, ended, heartbeatMs }));
  app.route('/', pageRoutes({ store, desk, workshop, now }));
  app.notFound((context) => {
    // Strangers are not told what there is.
    if ((context.get('visitor') as Visitor | undefined) === undefined) return unknown(context);
    return refusal(context, 404, 'NotFound', `There is no ${context.req.method} ${context.req.path}.`);
  });
  return app;
}

const tooLarge = `A request body may have at most ${MOST_BYTES} bytes.`;
