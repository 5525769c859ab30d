import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../contract/names.ts';
import { startDevServer, type DevServer } from '../../worker/temporal/dev-server.ts';
import { freePort } from '../../worker/temporal/ports.ts';
import { approvedDigests, ledgerProblems, ledgerTotals, outcomesOf, storeProblems } from '../support/crash-audit.ts';
import { Desk } from '../support/crash-desk.ts';
import { historyProblems, recoveries } from '../support/crash-history.ts';
import { TriageModel, type Behaviour } from '../support/crash-model.ts';
import { LoopwrightProcess, plainEnvironment } from '../support/crash-process.ts';
import { crashSeed, randomFrom } from '../support/crash-random.ts';

/** Every `loopwright worker` polls the queue `loops`, which other tests use on the test run's server: these have one of their own. */
let server: DevServer;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  server = await startDevServer({
    cliPath: inject('temporalCli'),
    port: await freePort(),
    uiPort: 'headless',
    searchAttributes: SEARCH_ATTRIBUTES,
    report: () => {},
  });
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection });
});

afterAll(async () => {
  await connection.close();
  await server.stop();
});

/** A data folder, a model over HTTP, and how to start a worker on both. */
async function scene(random: () => number, behaviour?: Behaviour) {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-crash-'));
  const { model, env } = await TriageModel.start(folder, random, behaviour);
  const data = join(folder, 'data');
  onTestFinished(async () => {
    await model.fake.close();
    if (process.env['KEEP'] === undefined) await rm(folder, { recursive: true, force: true });
    else say({ folder });
  });
  const environment = plainEnvironment({ ...env, TEMPORAL_ADDRESS: server.address });
  const start = () => new LoopwrightProcess(['worker', '--json', '--data', data], environment);
  return { data, model, start };
}

/**
 * A random moment in a worker's life, by what it has done and not by the clock, so that a busy machine only makes the
 * test longer: while it starts, or some calls after that.
 */
async function aMoment(worker: LoopwrightProcess, model: TriageModel, random: () => number): Promise<void> {
  if (random() < 0.2) return void (await pause(1000 * random()));
  const calls = model.calls.length + Math.floor(6 * random());
  await worker.ready();
  for (let waitedMs = 0; model.calls.length < calls && waitedMs < 6000; waitedMs += 20) await pause(20);
  await pause(300 * random());
}

/** Figures for people, beside the report. */
function say(figures: unknown): void {
  process.stderr.write(`${JSON.stringify(figures)}\n`);
}

const KILLS = 20;
const RUNS = 50;

test('kill -9 of the worker at 20 random moments in 50 runs loses nothing and does nothing twice', async () => {
  const random = randomFrom(crashSeed());
  const { data, model, start } = await scene(random);
  let worker = start();
  await worker.ready();
  const desk = new Desk({ client, data, model, random });
  let killed = 0;
  const killing = (async () => {
    for (; killed < KILLS; killed += 1) {
      await desk.send(Math.ceil((RUNS * (killed + 4)) / (KILLS + 4)));
      await aMoment(worker, model, random);
      await worker.end('SIGKILL');
      worker = start();
    }
    await desk.send(RUNS);
  })();
  await Promise.all([killing, desk.work(() => killed === KILLS && desk.closed() === RUNS, 100_000)]);
  await desk.leave();
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });

  const totals = ledgerTotals(data);
  say({ outcomes: outcomesOf(data), calls: model.calls.length, ...totals });
  expect(storeProblems(data, RUNS)).toEqual([]);
  expect(ledgerProblems(data, model.calls)).toEqual([]);
  expect(desk.acknowledged.filter((digest) => !approvedDigests(data).has(digest))).toEqual([]);
  expect(totals.spent).toBe(totals.booked);
  expect(totals.lines).toBeGreaterThanOrEqual(model.calls.length);
  expect(totals.lines - model.calls.length).toBeLessThanOrEqual(KILLS);
  expect(await historyProblems(client, data, desk.workflowIds)).toEqual([]);
  expect(model.fake.complaints).toEqual([]);
}, 120_000);
