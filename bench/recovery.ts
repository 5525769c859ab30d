import { setTimeout as sleep } from 'node:timers/promises';
import { clock, PARK_MS, type Driver, type Handle, type Lane } from './driver.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Steps of a run that are told before the kill: about half of all. */
const HALF = 4;

/** A decision sent to a gate that the kill has closed again is refused, so it is sent again after this long. */
const AGAIN_MS = 250;

/** How long after the kill of its worker, in milliseconds, everything went again and was done. */
export interface RecoveryFigures {
  readonly inFlight: number;
  /** Until the new worker polled. */
  readonly bootMs: number;
  /** Until every run in flight had shown a sign of life: a step begun, or its end. */
  readonly goingMs: number;
  /** Until every run in flight had closed. */
  readonly doneMs: number;
}

/**
 * kill -9 of a worker with runs in flight when about half of their steps are done; `restart` starts the next one at
 * once. The lane's worker must be one with `stepMs`, so that steps are told.
 */
export async function recoveryPhase(
  driver: Driver,
  lane: Lane,
  runs: number,
  restart: () => WorkerProcess,
): Promise<RecoveryFigures> {
  const half = Promise.withResolvers<void>();
  let steps = 0;
  lane.signs.listen(() => {
    steps += 1;
    if (steps === runs * HALF) half.resolve();
  });
  const open = new Set<string>();
  const handles = await Promise.all(Array.from({ length: runs }, () => driver.start(lane)));
  for (const handle of handles) open.add(handle.firstExecutionRunId);
  const signs = new Map<string, number>();
  const ends = handles.map(async (handle) => {
    await finish(driver, lane, handle);
    signs.set(handle.firstExecutionRunId, signs.get(handle.firstExecutionRunId) ?? clock());
    open.delete(handle.firstExecutionRunId);
  });
  await half.promise;
  await lane.worker.kill();
  const killedAt = clock();
  const inFlight = [...open];
  signs.clear();
  lane.signs.listen((run) => signs.set(run, signs.get(run) ?? clock()));
  lane.worker = restart();
  await lane.worker.ready;
  const bootMs = Math.round(clock() - killedAt);
  await Promise.all(ends);
  const doneMs = Math.round(clock() - killedAt);
  lane.signs.listen(() => {});
  const goingMs = Math.round(Math.max(...inFlight.map((run) => (signs.get(run) ?? clock()) - killedAt)));
  return { inFlight: inFlight.length, bootMs, goingMs, doneMs };
}

async function finish(driver: Driver, lane: Lane, handle: Handle): Promise<void> {
  await lane.signs.waiting(handle.firstExecutionRunId);
  await sleep(PARK_MS);
  const result = handle.result();
  let closed = false;
  const end = result.then(() => {
    closed = true;
  });
  while (!closed) {
    // A run that has just closed takes no signal.
    await driver.approve(handle).catch(() => undefined);
    await Promise.race([end, sleep(AGAIN_MS)]);
  }
  await end;
}
