import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../worker/temporal/ports.ts';
import { isAlive } from '../../worker/temporal/tether.ts';
import { approvedDigests, ledgerLines, ledgerProblems, outcomesOf, storeProblems } from '../support/crash-audit.ts';
import { Desk } from '../support/crash-desk.ts';
import { historyProblems } from '../support/crash-history.ts';
import { TriageModel } from '../support/crash-model.ts';
import { LoopwrightProcess, plainEnvironment } from '../support/crash-process.ts';
import { crashSeed, randomFrom } from '../support/crash-random.ts';

const RUNS = 20;
/** How `up` is ended, one after the other. */
const ENDS = ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGINT', 'SIGKILL', 'SIGKILL'] as const;

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-up-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Waits until a process is gone and says how long that took, in milliseconds. */
async function gone(pid: number): Promise<number> {
  const since = performance.now();
  while (isAlive(pid)) await pause(20);
  return Math.round(performance.now() - since);
}

test('`up` goes on where it was, on the same folder, after kill -9 of all of it, SIGTERM and SIGINT', async () => {
  const random = randomFrom(crashSeed());
  const folder = await scratch();
  const { model, env } = await TriageModel.start(folder, random);
  onTestFinished(() => model.fake.close());
  const data = join(folder, 'data');
  const ports = ['--temporal-port', String(await freePort()), '--ui-port', String(await freePort())];
  const start = () => new LoopwrightProcess(['up', '--json', '--data', data, ...ports], plainEnvironment(env));
  let up = start();
  const { temporal } = await up.ready();
  const connection = await Connection.connect({ address: temporal });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  const desk = new Desk({ client, data, model, random });

  let ends = 0;
  let startedAt = 0;
  const figures: unknown[] = [];
  const ending = (async () => {
    for (const signal of ENDS) {
      await up.ready();
      await desk.send(Math.ceil((RUNS * (ends + 2)) / (ENDS.length + 2)));
      const calls = model.calls.length + Math.floor(4 * random());
      for (let waitedMs = 0; model.calls.length < calls && waitedMs < 5000; waitedMs += 20) await pause(20);
      const server = Number((await readFile(join(data, 'temporal.db.pid'), 'utf8')).split(' ')[0]);
      const since = performance.now();
      const ended = await up.end(signal);
      const endedMs = Math.round(performance.now() - since);
      if (signal !== 'SIGKILL') {
        expect(ended).toEqual({ code: 0, signal: null });
        // Its own calls were allowed to finish; what a kill before it cut off may still wait for its next try.
        expect(ledgerLines(data).filter(({ state, at }) => state !== 'settled' && at >= startedAt)).toEqual([]);
      }
      const serverGoneMs = await gone(server);
      figures.push({ signal, endedMs, serverGoneMs });
      expect(serverGoneMs).toBeLessThan(6000);
      startedAt = Date.now();
      up = start();
      ends += 1;
    }
    await up.ready();
    await desk.send(RUNS);
  })();
  await Promise.all([ending, desk.work(() => ends === ENDS.length && desk.closed() === RUNS, 200_000)]);
  await desk.leave();
  process.stderr.write(`${JSON.stringify({ outcomes: outcomesOf(data), calls: model.calls.length, figures })}\n`);

  expect(storeProblems(data, RUNS)).toEqual([]);
  expect(ledgerProblems(data, model.calls)).toEqual([]);
  expect(desk.acknowledged.filter((digest) => !approvedDigests(data).has(digest))).toEqual([]);
  expect(await historyProblems(client, data, desk.workflowIds)).toEqual([]);
  expect(await up.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(
    up.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    {
      ready: true,
      temporal,
      ui: `http://127.0.0.1:${ports[3]}`,
      namespace: 'default',
      taskQueue: 'loops',
      data,
      gateway: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
      loops: ['supportTriage', 'weeklyReport'],
    },
  ]);
}, 240_000);

/** Holds a port unless somebody has it already. */
async function occupy(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
}

test('where its ports are busy, `up` says the address first and in every command; one folder has one `up`; the Temporal CLI finds it', async () => {
  const data = await scratch();
  await occupy(7233);
  await occupy(8233);
  const env = plainEnvironment({ LOOPWRIGHT_DATA: data });
  const up = new LoopwrightProcess(['up'], env);
  while (!up.stdout.includes('Ctrl-C')) await Promise.race([pause(50), up.ended.then(() => expect.fail(up.stderr))]);
  const [, address = ''] = /^export TEMPORAL_ADDRESS=(127\.0\.0\.1:\d+)\n/.exec(up.stdout) ?? [];
  expect(address).not.toBe('');
  const commands = up.stdout.split('\n').filter((line) => line.includes('temporal workflow'));
  expect(commands.length).toBeGreaterThan(1);
  expect(commands.filter((line) => !line.includes(` --address ${address} `))).toEqual([]);

  const temporal = async (...words: string[]) => {
    const cli = new LoopwrightProcess(['temporal', ...words], env);
    expect({ ...(await cli.ended), stderr: cli.stderr }).toMatchObject({ code: 0 });
    return cli.stdout;
  };
  const start = [
    '--task-queue',
    'loops',
    '--task-timeout',
    '3s',
    '--type',
    'supportTriage',
    '-w',
    'supportTriage-4711',
  ];
  await temporal('workflow', 'start', ...start, '--input', '{"id":"4711","text":"Hm, so what about it then?"}');
  expect(await temporal('--version')).toMatch(/^temporal version/);
  expect(await temporal('workflow', 'list')).toContain('supportTriage-4711');
  expect(await temporal('workflow', 'query', '-w', 'supportTriage-4711', '--name', 'status')).toContain(
    `temporal workflow update execute --address ${address} `,
  );

  const second = new LoopwrightProcess(['up', '--json', '--data', data], plainEnvironment());
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.stdout).toBe('');
  expect(second.stderr).toContain(`kill ${up.pid}`);
  const worker = new LoopwrightProcess(['worker', '--data', data], plainEnvironment({ TEMPORAL_ADDRESS: address }));
  expect(await worker.ended).toEqual({ code: 1, signal: null });
  expect(worker.stderr).toContain(`in use by process ${up.pid}: one process owns it`);
  expect(await up.end('SIGINT')).toEqual({ code: 0, signal: null });
}, 120_000);

test('a port that was asked for and is busy is refused with the option that changes it', async () => {
  const data = await scratch();
  const port = await freePort();
  await occupy(port);
  const named = { '--temporal-port': '--temporal-port', '--ui-port': '--ui-port', '--port': '--ui-port' };
  for (const [option, name] of Object.entries(named)) {
    const up = new LoopwrightProcess(['up', '--json', '--data', data, option, String(port)], plainEnvironment());
    expect(await up.ended).toEqual({ code: 1, signal: null });
    expect(up.stderr).toContain(`Port ${port} is in use by another program; give another with ${name} N.`);
  }
}, 60_000);

test('`worker` without a server fails within seconds and says how to get one', async () => {
  const env = plainEnvironment({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
  const since = performance.now();
  const worker = new LoopwrightProcess(['worker', '--data', await scratch()], env);
  expect(await worker.ended).toEqual({ code: 1, signal: null });
  expect(performance.now() - since).toBeLessThan(15_000);
  expect(worker.stdout).toBe('');
  expect(worker.stderr).toContain(`No Temporal server answers at ${env['TEMPORAL_ADDRESS']}`);
  expect(worker.stderr).toContain('unset TEMPORAL_ADDRESS to let `loopwright up` start a server.');
}, 60_000);
