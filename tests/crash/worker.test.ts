import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { SEARCH_ATTRIBUTES, TASK_QUEUE, TASK_TIMEOUT } from '../../contract/names.ts';
import { startDevServer, type DevServer } from '../../worker/temporal/dev-server.ts';
import { freePort } from '../../worker/temporal/ports.ts';
import {
  approvedDigests,
  ledgerLines,
  ledgerProblems,
  ledgerTotals,
  linesThatAre,
  outcomesOf,
  storeProblems,
} from '../support/crash-audit.ts';
import { Desk } from '../support/crash-desk.ts';
import { historyProblems, recoveries } from '../support/crash-history.ts';
import { TriageModel, type Behaviour, type ModelCall } from '../support/crash-model.ts';
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
async function scene(random: () => number, behaviour?: Behaviour, route?: object) {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-crash-'));
  const { model, env } = await TriageModel.start(folder, random, behaviour, route);
  const data = join(folder, 'data');
  onTestFinished(async () => {
    await model.fake.close();
    await rm(folder, { recursive: true, force: true });
  });
  const environment = plainEnvironment({ ...env, TEMPORAL_ADDRESS: server.address });
  const start = () => new LoopwrightProcess(['worker', '--json', '--data', data], environment);
  return { data, model, start };
}

/**
 * A random moment in a worker's life, by what it has done and not by the clock, so that a busy machine only makes the
 * test longer: while it starts, or some answers of the model after that.
 */
async function aMoment(worker: LoopwrightProcess, model: TriageModel, random: () => number): Promise<void> {
  if (random() < 0.2) return await pause(1000 * random());
  await worker.ready();
  const { billed } = model.fake;
  const answers = billed.calls + Math.floor(6 * random());
  for (let waitedMs = 0; billed.calls < answers && waitedMs < 4000; waitedMs += 20) await pause(20);
  await pause(300 * random());
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
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
  const heldAtAKill = new Set<number>();
  const killing = (async () => {
    for (; killed < KILLS; killed += 1) {
      await desk.send(Math.ceil((RUNS * (killed + 4)) / (KILLS + 4)));
      await aMoment(worker, model, random);
      await worker.end('SIGKILL');
      for (const line of linesThatAre(data, 'held')) heldAtAKill.add(line);
      worker = start();
    }
    await desk.send(RUNS);
  })();
  await Promise.all([killing, desk.work(() => killed === KILLS && desk.closed() === RUNS, 250_000)]);
  await desk.leave();
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });

  const totals = ledgerTotals(data);
  say({ outcomes: outcomesOf(data), calls: model.calls.length, ...totals });
  expect(storeProblems(data, RUNS)).toEqual([]);
  expect(ledgerProblems(data, model.calls)).toEqual([]);
  expect(desk.acknowledged.filter((digest) => !approvedDigests(data).has(digest))).toEqual([]);
  expect(totals.spent).toBe(totals.booked);
  expect(totals.lines).toBeGreaterThanOrEqual(model.calls.length);
  // Money is not known only where a kill came between its reservation and its answer.
  expect(linesThatAre(data, 'uncertain').filter((line) => !heldAtAKill.has(line))).toEqual([]);
  expect(await historyProblems(client, data, desk.workflowIds)).toEqual([]);
  expect(model.fake.complaints).toEqual([]);
}, 300_000);

test('after kill -9 every run that was at work is at work again within seconds', async () => {
  const random = randomFrom(crashSeed());
  const { data, model, start } = await scene(random);
  const worker = start();
  await worker.ready();
  const desk = new Desk({ client, data, model, random });
  await desk.send(12);
  await until(() => model.calls.length >= 8);
  const killedAt = Date.now();
  await worker.end('SIGKILL');
  const next = start();
  await next.ready();
  const restartedMs = Date.now() - killedAt;
  await desk.work(() => desk.closed() === 12);
  await desk.leave();

  const took = [...(await recoveries(client, desk.workflowIds, killedAt)).values()].toSorted((a, b) => a - b);
  const median = Math.round(took[took.length >> 1] ?? 0);
  const worst = Math.round(took.at(-1) ?? Infinity);
  say({ victims: took.length, backMs: { first: Math.round(took[0] ?? 0), median, worst }, restartedMs });
  expect(took.length).toBeGreaterThan(5);
  // 5 s on a machine that has nothing else to do (bench/); where a restart alone takes long, 5 s after it.
  expect(worst).toBeLessThan(Math.max(8000, restartedMs + 5000));
}, 60_000);

test('a paid call in flight at a kill leaves exactly one uncertain line, and its run goes on with another call', async () => {
  const { data, model, start } = await scene(randomFrom(1), (_call, count) =>
    count === 1 ? { hang: true } : undefined,
  );
  const worker = start();
  await worker.ready();
  const desk = new Desk({ client, data, model, random: () => 0 });
  await desk.send(1);
  await until(() => model.calls.length === 1);
  await worker.end('SIGKILL');
  expect(ledgerLines(data)).toMatchObject([{ state: 'held', try: 1 }]);
  await start().ready();
  await desk.work(() => desk.closed() === 1);
  await desk.leave();

  const [lost, ...others] = ledgerLines(data);
  expect(lost).toMatchObject({ state: 'uncertain', booked: lost?.reserved, try: 1 });
  expect(others).toHaveLength(model.calls.length - 1);
  expect(others[0]).toMatchObject({ state: 'settled', try: 2, booked: TriageModel.cost(model.calls[1] as ModelCall) });
  expect(others.every(({ state }) => state === 'settled')).toBe(true);
  expect(model.calls[0]?.seen.aborted).toBe(true);
  expect(storeProblems(data, 1)).toEqual([]);
}, 60_000);

test('a worker that is killed in the middle of a background response pays it once', async () => {
  const random = randomFrom(crashSeed());
  const done = Promise.withResolvers<void>();
  const { data, model, start } = await scene(
    random,
    (call) => ({ after: done.promise, answer: { json: model.right(call.ticket), usage: { input: 100, output: 50 } } }),
    { background: true },
  );
  const worker = start();
  await worker.ready();
  const [message] = model.messages;
  const handle = await client.workflow.start('supportTriage', {
    taskQueue: TASK_QUEUE,
    workflowId: 'supportTriage-background',
    workflowTaskTimeout: TASK_TIMEOUT,
    args: [{ id: message?.id, text: message?.text }],
  });
  await until(() => model.fake.background.looks > 0);
  await worker.end('SIGKILL');
  done.resolve();
  const another = start();
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', attempts: 1 });
  await another.end('SIGTERM');
  expect(model.fake.background.begun).toHaveLength(1);
  expect(model.fake.billed.calls).toBe(1);
  expect(ledgerLines(data)).toMatchObject([{ state: 'settled' }]);
  expect(ledgerTotals(data)).toMatchObject({ lines: 1, spent: TriageModel.cost({ inputTokens: 100 } as ModelCall) });
}, 60_000);
