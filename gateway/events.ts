import { Hono, type Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { z } from 'zod';
import type { Visitor } from '../contract/access.ts';
import type { Change } from '../contract/changes.ts';
import type { Store } from '../store/ports.ts';
import { NewsStand } from './news-stand.ts';
import { refusal } from './refusals.ts';
import { demand, stillIn, type Visited } from './visitor.ts';

/** A stream that has nothing to say says so, so that nobody on the way takes it for dead, in milliseconds. */
const HEARTBEAT_MS = 15_000;

/** Streams that a visitor may have at once: pages that are open. */
const MOST_STREAMS = 20;

/** Changes that are read at once. */
const BATCH = 200;

/** What streams are made from. */
export interface EventOptions {
  readonly store: Pick<Store, 'changes' | 'sessions' | 'apiTokens'>;
  readonly now: () => number;
  /** Aborted when the gateway stops. */
  readonly ended: AbortSignal;
  /** Default: 15 s. */
  readonly heartbeatMs?: number | undefined;
}

const Query = z.object({ after: z.coerce.number().int().min(0).optional(), about: z.string().max(200).optional() });

/**
 * `GET /events?after&about`: what is new in the record, as server-sent events whose ids ascend. Who comes back with
 * `Last-Event-ID` hears all since, once; who was away too long hears one `change` that is about everything. `about`
 * narrows it to a run, with what is on every page: alerts, and what waits for people.
 */
export function eventRoutes(options: EventOptions): Hono<Visited> {
  const stand = new NewsStand(options.store.changes);
  const open = new Map<string, number>();
  return new Hono<Visited>().get('/', demand('read'), async (context) => {
    const { name, via } = context.get('visitor');
    const who = `${via}:${name}`;
    if ((open.get(who) ?? 0) >= MOST_STREAMS)
      return refusal(
        context,
        429,
        'TooManyStreams',
        `${name} has ${MOST_STREAMS} streams open, and may not have more. Close a page.`,
      );
    const { after, about } = Query.parse(context.req.query());
    const last = z.coerce
      .number()
      .int()
      .min(0)
      .safeParse(context.req.header('last-event-id') || undefined);
    const from = last.data ?? after ?? (await options.store.changes.newest());
    open.set(who, (open.get(who) ?? 0) + 1);
    context.header('X-Accel-Buffering', 'no');
    return streamSSE(context, async (stream) => {
      try {
        await tell(stream, {
          context,
          visitor: context.get('visitor'),
          options,
          stand,
          from,
          about: about || undefined,
        });
      } finally {
        open.set(who, (open.get(who) ?? 1) - 1);
      }
    });
  });
}

interface Telling {
  readonly context: Context<Visited>;
  readonly visitor: Visitor;
  readonly options: EventOptions;
  readonly stand: NewsStand;
  readonly from: number;
  readonly about: string | undefined;
}

async function tell(stream: SSEStreamingApi, telling: Telling): Promise<void> {
  const { context, visitor, options, stand, about } = telling;
  const { store, now, ended, heartbeatMs = HEARTBEAT_MS } = options;
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  let last = telling.from;
  await stream.write('retry: 2000\n\n');
  while (!gone.signal.aborted && !ended.aborted) {
    const news = await store.changes.after(last, BATCH);
    if (news === undefined || news.length > 0) {
      if (!(await stillIn(context, visitor, { store, now }))) return await stream.writeSSE({ event: 'end', data: '' });
      last = await write(
        stream,
        news ?? [{ seq: await store.changes.newest(), kind: 'run' }],
        about,
        news === undefined,
      );
      continue;
    }
    const beat = AbortSignal.timeout(heartbeatMs);
    await stand.after(last, AbortSignal.any([gone.signal, ended, beat]));
    if (!beat.aborted) continue;
    if (!(await stillIn(context, visitor, { store, now }))) return await stream.writeSSE({ event: 'end', data: '' });
    await stream.write(': still here\n\n');
  }
}

/** Writes what somebody wants to hear of, and returns the number of the last, heard or not. */
async function write(
  stream: SSEStreamingApi,
  news: readonly Change[],
  about: string | undefined,
  everything: boolean,
): Promise<number> {
  for (const { seq, kind, runKey } of news) {
    const onEveryPage = kind === 'alert' || kind === 'gate';
    if (about !== undefined && !everything && runKey !== about && !onEveryPage) continue;
    const data = everything ? { kind: 'everything' } : { kind, ...(runKey === undefined ? {} : { run: runKey }) };
    await stream.writeSSE({ event: 'change', id: String(seq), data: JSON.stringify(data) });
  }
  return news.at(-1)?.seq ?? 0;
}
