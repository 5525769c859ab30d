import { Hono } from 'hono';
import { z } from 'zod';
import type { LoopEvidence } from '../contract/loop-evidence.ts';
import type { Timestamp } from '../contract/names.ts';
import { AUDITED_WINDOW, auditedShare } from '../core/learning/autonomy.ts';
import { shownBy } from '../core/review/shown.ts';
import type { Store } from '../store/ports.ts';

/** Newest runs that are looked at. */
const RUNS = 500;

const Query = z.strictObject({ loop: z.string().min(1).max(200) });

/** `GET /api/loop-evidence?loop`: what the newest runs of a loop show. */
export function loopEvidenceRoutes(store: Store, now: () => number): Hono {
  return new Hono().get('/', async (context) => {
    const { loop } = Query.parse(context.req.query());
    return context.json(await evidenceOf(store, loop, now()));
  });
}

/** What the newest runs of a loop show, and the level that was granted by it. */
export async function evidenceOf(store: Store, loop: string, now: Timestamp): Promise<LoopEvidence> {
  const { reviewFacts } = store;
  const [facts, audited, judges, answers, autonomy] = await Promise.all([
    reviewFacts.of(loop, RUNS),
    reviewFacts.audited(loop, AUDITED_WINDOW),
    store.judgeRecords.newest(loop),
    store.reviewAnswers.newest(loop),
    store.autonomy.newest(loop),
  ]);
  return {
    loop,
    runs: facts.runs.length,
    shown: [...shownBy({ ...facts, judges, answers, now })],
    audited: auditedShare(audited),
    ...(autonomy === undefined ? {} : { autonomy }),
  };
}
