import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { expect, inject, onTestFinished, test } from 'vitest';
import { LoopClient } from '../../client/loop-client.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/names.ts';
import { DATABASE_FILE } from '../../store/index.ts';
import { openReader } from '../../store/sqlite.ts';
import { startDevServer } from '../../worker/temporal/dev-server.ts';
import { freePort } from '../../worker/temporal/ports.ts';
import { LoopwrightProcess, plainEnvironment } from '../support/crash-process.ts';
import { crashSeed, randomFrom } from '../support/crash-random.ts';
import { plantFiles } from '../support/planted-loops.ts';

const TICKETS = 10;
const KILLS = 2;

/** A finder that starts `first` for each ticket, which starts `second` with it. */
const LOOPS = `import { check, compute, defineFinder, defineLoop, find } from 'loopwright';
import { z } from 'zod';
const Work = z.strictObject({ id: z.string().max(20) });
const stages = {
  main: {
    generate: compute('take', (input) => input),
    verify: [check('same', (made, { id }) => ({ verdict: made.id === id ? 'pass' : 'fail', evidence: made.id }))],
  },
};
const loop = (name, run) => defineLoop({ name, input: Work, output: Work, stages, act: { handOn: { repeatable: true, run } } });
export const sift = defineFinder({
  name: 'sift',
  from: find.sql({ database: '../desk.db', query: 'select id from tickets order by rowid' }),
  starts: 'first',
  key: ({ id }) => id,
  input: ({ id }) => ({ id }),
  limit: 10,
});
export const first = loop('first', ({ id }, { loops }) => loops.start('second', id, { id }));
export const second = loop('second', ({ id }, { outbox, idempotencyKey }) => outbox.put('done', idempotencyKey, id));
`;

test('kill -9 between starts and their records starts nothing twice and loses nothing, in a finder and in what it starts', async () => {
  const random = randomFrom(crashSeed());
  const folder = await plantFiles({ 'desk/loop.ts': LOOPS });
  const desk = new DatabaseSync(join(folder, 'desk.db'));
  desk.exec('create table tickets (id text primary key)');
  for (let ticket = 1; ticket <= TICKETS; ticket += 1) desk.exec(`insert into tickets values ('t${ticket}')`);
  desk.close();
  const server = await startDevServer({
    cliPath: inject('temporalCli'),
    port: await freePort(),
    uiPort: 'headless',
    searchAttributes: SEARCH_ATTRIBUTES,
    report: () => {},
  });
  const connection = await Connection.connect({ address: server.address });
  onTestFinished(async () => {
    await connection.close();
    await server.stop();
  });
  const client = new Client({ connection });
  const data = join(folder, 'data');
  const env = plainEnvironment({ TEMPORAL_ADDRESS: server.address });
  const start = () => new LoopwrightProcess(['worker', '--json', '--loops', '.', '--data', data], env, { cwd: folder });
  let worker = start();
  await worker.ready();
  const store = openReader(join(data, DATABASE_FILE));
  onTestFinished(() => store.close());
  const count = (sql: string) => Number(store.prepare(sql).get()?.['n']);
  const starts = () => count('select count(*) as n from starts');
  const closed = () =>
    count(`select count(*) as n from runs where loop in ('first', 'second') and closed_at is not null`);

  const loops = new LoopClient(client);
  const ticks: string[] = [];
  const working = (async () => {
    for (let tick = 1; ticks.at(-1) !== 'noWork'; tick += 1) {
      await loops.start('sift', `tick-${tick}`, {});
      ticks.push((await loops.result(`sift-tick-${tick}`)).outcome);
    }
  })();
  for (let killed = 0; killed < KILLS; killed += 1) {
    const reached = Math.min(starts() + 1 + Math.floor(4 * random()), 2 * TICKETS);
    for (let waitedMs = 0; starts() < reached && waitedMs < 5000; waitedMs += 2) await pause(2);
    await pause(20 * random());
    await worker.end('SIGKILL');
    worker = start();
    await worker.ready();
  }
  await working;
  for (const end = Date.now() + 30_000; closed() < 2 * TICKETS && Date.now() < end;) await pause(50);
  process.stderr.write(`${JSON.stringify({ ticks, starts: starts() })}\n`);
  expect(ticks).toEqual(['accepted', 'noWork']);
  for (const loop of ['first', 'second']) {
    expect(count(`select count(*) as n from runs where loop = '${loop}'`)).toBe(TICKETS);
    expect(count(`select count(distinct workflow_id) as n from runs where loop = '${loop}'`)).toBe(TICKETS);
    expect(count(`select count(*) as n from runs where loop = '${loop}' and outcome = 'accepted'`)).toBe(TICKETS);
  }
  expect(starts()).toBe(2 * TICKETS);
  expect(count(`select count(distinct body) as n from outbox where topic = 'done'`)).toBe(TICKETS);
  expect(count(`select count(*) as n from outbox where topic = 'done'`)).toBe(TICKETS);
}, 120_000);
