import { callCost } from '../core/money.ts';
import { readPriceTable } from '../core/prices.ts';
import type { LostCall } from '../store/ledger-port.ts';
import type { ModelEndpoint } from './models/port.ts';
import type { NewRun } from '../store/ports.ts';
import { growCases } from './cases.ts';
import type { Dependencies } from './dependencies.ts';
import { governLessons } from './govern-lessons.ts';

/** Closes the record of a run that Temporal no longer has: terminated, timed out, or forgotten. One that has closed itself since it was looked at stays as it is. */
export async function closeLost(deps: Pick<Dependencies, 'store' | 'now'>, runKey: string): Promise<void> {
  await deps.store.runs.close({
    runKey,
    outcome: 'stopped',
    reason: 'The workflow was terminated or timed out, so the run could not close itself.',
    closedAt: deps.now(),
    lessons: [],
    unlessClosed: true,
  });
}

/** So long a delivery is known again when it is sent again, in milliseconds: GitHub sends again for three days, by hand. */
const DELIVERIES_KEPT_MS = 30 * 24 * 3_600_000;

/** So long after its lease a response that is still going on is given up, in milliseconds. */
const GIVEN_UP_MS = 3_600_000;

/**
 * Mends the record after what no run can see: runs that Temporal no longer has are closed; reservations whose lease ran out
 * are settled where their provider says what was used, and become `uncertain` where it does not. What sources
 * answered and may not be used any more is deleted, deliveries of long ago are forgotten, what people decided becomes cases, and lessons that expired are retired. Returns how many runs and reservations.
 */
export async function sweep(
  deps: Pick<Dependencies, 'store' | 'now' | 'executions' | 'routes' | 'loops'>,
): Promise<{ runs: number; reservations: number }> {
  const now = deps.now();
  const lost = await deps.store.ledger.lost(now);
  const mended = await Promise.all(lost.map((call) => reconcile(deps, call, now)));
  const reservations = (await deps.store.ledger.expire(now)) + mended.filter(Boolean).length;
  await deps.store.sourceAnswers.expire(now);
  await deps.store.inbox.expire(now - DELIVERIES_KEPT_MS);
  for (const loop of deps.loops.keys()) {
    await growCases(deps, loop);
    await governLessons(deps, loop);
  }
  let runs = 0;
  for (const run of await doubtful(deps)) {
    if (await deps.executions.isOpen(run.workflowId, run.firstRunId)) continue;
    await closeLost(deps, run.runKey);
    runs += 1;
  }
  return { runs, reservations };
}

/** As many open runs are asked for one by one; of more, those first that Temporal does not list. */
const FEW_RUNS = 20;

/** Open runs that may be lost. Ten thousand that wait for people must not be ten thousand questions. */
async function doubtful({ store, executions }: Pick<Dependencies, 'store' | 'executions'>): Promise<readonly NewRun[]> {
  const open = await store.runs.unclosed();
  if (open.length <= FEW_RUNS || executions.running === undefined) return open;
  const running = await executions.running([...new Set(open.map(({ loop }) => loop))]);
  const known = Map.groupBy(open, ({ workflowId }) => workflowId);
  // Where several have one workflow id, only one of them runs.
  return open.filter(({ workflowId }) => !running.has(workflowId) || known.get(workflowId)?.length !== 1);
}

/** Books a call that nobody waits for any more at what its provider says that it used; false where it is still going on. */
async function reconcile(
  { store, routes }: Pick<Dependencies, 'store' | 'routes'>,
  { call, model, response, leaseUntil }: LostCall,
  now: number,
): Promise<boolean> {
  const run = await store.runs.find(call.runKey);
  // Of a run that is over nothing is waited for.
  const cancel = run?.outcome !== undefined || now - leaseUntil > GIVEN_UP_MS;
  let used: Awaited<ReturnType<NonNullable<ModelEndpoint['recover']>>>;
  for (const route of routes.values())
    if (route.kind === 'endpoint' && route.endpoint.model === model && used === undefined)
      used = await route.endpoint.recover?.(response, cancel);
  if (used === 'going') return false;
  const text = run === undefined ? undefined : await store.artefacts.get(run.prices);
  const price = readPriceTable(text ?? '{}').models[model];
  if (used === undefined || price === undefined) await store.ledger.giveUp(call);
  else await store.ledger.settle(call, { ...used, microUsd: callCost(price, used) });
  return true;
}
