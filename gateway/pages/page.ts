import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Visitor } from '../../contract/access.ts';
import type { Store } from '../../store/ports.ts';
import type { Desk } from '../desk.ts';
import type { Workshop } from '../workshop.ts';
import { layout, type Frame } from './layout.ts';
import type { Markup } from './parts/markup.ts';

/** What pages are made from. */
export interface PageOptions {
  readonly store: Store;
  /** Where decisions go; undefined until there is a worker. */
  readonly desk: () => Desk | undefined;
  /** Loops and Temporal; undefined until there is a worker. */
  readonly workshop: () => Workshop | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a page says of itself; what is around it is added. */
export type PageFrame = Omit<Frame, 'visitor' | 'alerts' | 'waiting' | 'now' | 'seen'>;

/** Notes how much a page knows, before it reads anything: what comes while it is made is news to it. */
export function seenSoFar({ store }: PageOptions): MiddlewareHandler {
  return async (context, next) => {
    context.set('seen', await store.changes.newest());
    await next();
  };
}

/** Answers with a page. */
export async function answerPage(
  context: Context,
  { store, now }: PageOptions,
  {
    frame,
    body,
    status = 200,
  }: { readonly frame: PageFrame; readonly body: Markup; readonly status?: ContentfulStatusCode },
): Promise<Response> {
  const [alerts, pending, newest] = await Promise.all([
    store.alerts.open(),
    store.approvals.pending(),
    store.changes.newest(),
  ]);
  const seen = (context.get('seen') as number | undefined) ?? newest;
  const waiting = Object.values(pending).reduce((sum, count) => sum + count, 0);
  const around = { visitor: visitorOf(context), alerts, waiting, now: now(), seen };
  return context.html(layout({ ...frame, ...around }, body), status);
}

/** Who asks. Whoever got here was admitted. */
export function visitorOf(context: Context): Visitor {
  return context.get('visitor') as Visitor;
}
