import { setTimeout as sleep } from 'node:timers/promises';
import { clock, latencyOf, PARK_MS, type Driver, type Lane } from './driver.ts';
import { cpuMsOf } from './worker-process.ts';

/**
 * After the last result, before the CPU clocks are read: what the server still does for these runs counts for them, and must
 * not slow down the next ones. Their timers of 3 s (heartbeats, workflow tasks) are the last of it.
 */
const SETTLE_MS = 4000;

/** What the latency phase found: one figure a run. */
export interface LatencyFigures {
  readonly latencyMs: number[];
  readonly resumedMs: number[];
  readonly events: number[];
  readonly bytes: number[];
}

/** One run after the other, a run of each lane in turn: what else the machine does meets all of them alike. */
export async function latencyPhase(driver: Driver, lanes: readonly Lane[], runs: number): Promise<LatencyFigures[]> {
  const all = lanes.map((): LatencyFigures => ({ latencyMs: [], resumedMs: [], events: [], bytes: [] }));
  for (let n = 0; n < runs; n += 1) {
    for (const [index, lane] of lanes.entries()) await sequential(driver, lane, all[index] as LatencyFigures);
  }
  return all;
}

async function sequential(driver: Driver, lane: Lane, figures: LatencyFigures): Promise<void> {
  const times = await driver.run(lane);
  figures.latencyMs.push(latencyOf(times, await driver.events(times)));
  figures.resumedMs.push((await lane.signs.resumed(times.handle.firstExecutionRunId)) - times.sentAt);
  const { events, bytes } = await driver.size(times);
  figures.events.push(events);
  figures.bytes.push(bytes);
}

/** What the throughput phase found. CPU is milliseconds a run; undefined where there is no /proc. */
export interface ThroughputFigures {
  readonly runsPerSecond: number;
  readonly serverCpuMs: number | undefined;
  readonly workerCpuMs: number | undefined;
  readonly clientCpuMs: number;
}

/** Many runs at once, a new one as soon as one is done. */
export async function throughputPhase(
  driver: Driver,
  lane: Lane,
  options: { readonly runs: number; readonly inFlight: number; readonly serverPid: number },
): Promise<ThroughputFigures> {
  const { runs, inFlight, serverPid } = options;
  const before = { server: cpuMsOf(serverPid), worker: cpuMsOf(lane.worker.pid), client: process.cpuUsage() };
  const began = clock();
  let left = runs;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await driver.run(lane);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, runs) }, one));
  const seconds = (clock() - began) / 1000;
  await sleep(SETTLE_MS);
  const client = process.cpuUsage(before.client);
  return {
    runsPerSecond: runs / seconds,
    serverCpuMs: each(before.server, cpuMsOf(serverPid), runs),
    workerCpuMs: each(before.worker, cpuMsOf(lane.worker.pid), runs),
    clientCpuMs: (client.user + client.system) / 1000 / runs,
  };
}

function each(before: number | undefined, after: number | undefined, runs: number): number | undefined {
  return before === undefined || after === undefined ? undefined : (after - before) / runs;
}

/** Round trips of a bare update on the minimal workflow while it waits, in milliseconds. */
export async function bareUpdates(driver: Driver, lane: Lane, count: number): Promise<number[]> {
  const trips: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const handle = await driver.start(lane);
    await lane.signs.waiting(handle.firstExecutionRunId);
    await sleep(PARK_MS);
    const sent = clock();
    await handle.executeUpdate('touch');
    trips.push(clock() - sent);
    await driver.approve(handle);
    await handle.result();
  }
  return trips;
}
