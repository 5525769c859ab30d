import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../contract/names.ts';
import { bundleWorkflows } from '../worker/bundle/bundle-workflows.ts';
import { cacheFolder } from '../worker/temporal/cache-folder.ts';
import { startDevServer, type DevServer } from '../worker/temporal/dev-server.ts';
import { findTemporal } from '../worker/temporal/find.ts';
import { freePort } from '../worker/temporal/ports.ts';
import { Driver, type Lane } from './driver.ts';
import { LOOP } from './ours.ts';
import type { Side } from './notes.ts';
import { bareUpdates, latencyPhase, throughputPhase, type LatencyFigures, type ThroughputFigures } from './phases.ts';
import { recoveryPhase, type RecoveryFigures } from './recovery.ts';
import { Signs, WorkerProcess } from './worker-process.ts';

/** How long a step takes in the recovery phase, in milliseconds, so that there is something to kill. */
const STEP_MS = 20;

/** Runs in flight when the worker is killed. */
const RECOVERY_RUNS = 20;

/** How to measure. */
export interface BenchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly rounds: number;
  /** Runs of the throughput phase, for each side in each round. */
  readonly runs: number;
  /** Runs of the latency phase, one after the other. */
  readonly sequential: number;
  readonly inFlight: number;
  /** Folder for a CPU profile of each worker. */
  readonly profile?: string;
  readonly report: (text: string) => void;
}

/** What was found on one side in one round. */
export interface RoundFigures extends LatencyFigures, ThroughputFigures {}

/** Everything that was measured. */
export interface Measured {
  readonly server: string;
  readonly rounds: readonly Readonly<Record<Side, RoundFigures>>[];
  readonly bareUpdateMs: readonly number[];
  readonly recovery: Readonly<Record<Side, RecoveryFigures>>;
}

/** Measures both sides, in interleaved rounds, on one server that it starts. */
export async function bench(options: BenchOptions): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-bench-'));
  const cli = await findTemporal({ env: options.env, cacheDir: cacheFolder(options.env), report: options.report });
  const server = await startDevServer({
    cliPath: cli.path,
    port: await freePort(),
    uiPort: 'headless',
    databaseFile: join(folder, 'temporal.db'),
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: join(folder, 'temporal.log'),
    report: () => {},
  });
  const driver = await Driver.connect(server.address);
  try {
    return { server: cli.version, ...(await measure(options, folder, server, driver)) };
  } finally {
    await driver.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  options: BenchOptions,
  folder: string,
  server: DevServer,
  driver: Driver,
): Promise<Omit<Measured, 'server'>> {
  const { report, sequential } = options;
  const start = await starter(options, folder, server.address);
  const ours: Lane = { ...start.ours, worker: start.ours.worker(0) };
  const minimal: Lane = { ...start.minimal, worker: start.minimal.worker(0) };
  try {
    await Promise.all([ours.worker.ready, minimal.worker.ready]);
    report('Warming up …');
    for (const lane of [ours, minimal])
      await throughputPhase(driver, lane, { runs: 40, inFlight: 10, serverPid: server.pid });
    const rounds: Record<Side, RoundFigures>[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      rounds.push(await roundOf(options, server, driver, { ours, minimal }, round));
    }
    report('Bare updates …');
    const bareUpdateMs = await bareUpdates(driver, minimal, sequential);
    const recovery: Partial<Record<Side, RecoveryFigures>> = {};
    for (const lane of [ours, minimal]) {
      report(`Recovery of ${lane.side} …`);
      await lane.worker.stop();
      const restart = (): WorkerProcess => start[lane.side].worker(STEP_MS);
      lane.worker = restart();
      await lane.worker.ready;
      recovery[lane.side] = await recoveryPhase(driver, lane, RECOVERY_RUNS, restart);
    }
    return { rounds, bareUpdateMs, recovery: recovery as Record<Side, RecoveryFigures> };
  } finally {
    await Promise.all([ours.worker.stop(), minimal.worker.stop()]);
  }
}

/** Whoever was second in the round before is first in this one, so that a machine that gets faster or slower favours nobody. */
async function roundOf(
  options: BenchOptions,
  server: DevServer,
  driver: Driver,
  lanes: Readonly<Record<Side, Lane>>,
  round: number,
): Promise<Record<Side, RoundFigures>> {
  const order = round % 2 === 1 ? [lanes.ours, lanes.minimal] : [lanes.minimal, lanes.ours];
  const figures: Partial<Record<Side, RoundFigures>> = {};
  options.report(`Round ${round} of ${options.rounds}: ${options.sequential} runs each, one by one …`);
  const latencies = await latencyPhase(driver, order, options.sequential);
  for (const [index, lane] of order.entries()) {
    options.report(
      `Round ${round} of ${options.rounds}, ${lane.side}: ${options.runs} runs, ${options.inFlight} at once …`,
    );
    const throughput = await throughputPhase(driver, lane, { ...options, serverPid: server.pid });
    figures[lane.side] = { ...(latencies[index] as LatencyFigures), ...throughput };
  }
  return figures as Record<Side, RoundFigures>;
}

/** Bundles both workflows and says how to start each side's worker. */
async function starter(options: BenchOptions, folder: string, address: string) {
  const bundles = {
    ours: await bundleWorkflows(),
    minimal: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('minimal-workflow.ts', import.meta.url)),
      logger: { trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error, log() {} },
    }),
  };
  const side = async (name: Side, taskQueue: string, type: string) => {
    const data = join(folder, name);
    await mkdir(data);
    const bundle = join(folder, `${name}.js`);
    await writeFile(bundle, bundles[name].code);
    const signs = new Signs();
    const worker = (stepMs: number): WorkerProcess =>
      new WorkerProcess({ side: name, address, taskQueue, bundle, data, stepMs }, signs, options.profile);
    return { side: name, taskQueue, type, signs, worker };
  };
  return { ours: await side('ours', TASK_QUEUE, LOOP), minimal: await side('minimal', 'minimal', 'minimal') };
}
