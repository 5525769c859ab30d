import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../gateway/serve.ts';
import { openStore } from '../../store/index.ts';
import { withRecord } from '../../worker/record/record-access.ts';
import { recordOf } from '../../worker/record/run-record.ts';
import { runOf } from '../store/samples.ts';

const TOKEN = 'ab'.repeat(32);
const QUERY = { limit: 10 };

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'loopwright-gateway-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A folder with one run in its record, owned by nobody. */
async function recorded(): Promise<string> {
  const data = await folder();
  const store = await openStore(data, process.pid);
  await store.runs.open(runOf('r1'));
  await store.close();
  return data;
}

/** A gateway that listens on a store of its own. */
async function serving() {
  const data = await folder();
  const store = await openStore(data, process.pid);
  const gateway = await startGateway(data, { store, token: TOKEN, pid: process.pid });
  onTestFinished(async () => {
    await gateway.stop();
    await store.close();
  });
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<{ status: number | undefined; headers: object; body: unknown }>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: gateway.port, path, headers, method }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
          resolve({ status: response.statusCode, headers: response.headers, body });
        });
      });
      asked.on('error', reject).end();
    });
  return { data, store, gateway, ask, known: { authorization: `Bearer ${TOKEN}` } };
}

test('who knows the token is answered', async () => {
  const { ask, known } = await serving();
  expect(await ask('/api/owner', known)).toMatchObject({ status: 200, body: { pid: process.pid } });
});

test('without the token, or with another, nothing is said', async () => {
  const { ask } = await serving();
  const headers: Record<string, string>[] = [
    {},
    { authorization: '' },
    { authorization: TOKEN },
    { authorization: `Bearer ${TOKEN}0` },
    { authorization: `Bearer ${'cd'.repeat(32)}` },
    { authorization: `Basic ${TOKEN}` },
  ];
  for (const wrong of headers) {
    for (const path of ['/api/owner', '/api/runs?limit=1', '/nowhere'])
      expect(await ask(path, wrong)).toMatchObject({ status: 401, body: { error: { type: 'Unauthorized' } } });
  }
});

test('a page that had its own name pointed at this machine is refused, even with the token', async () => {
  const { ask, known, gateway } = await serving();
  for (const host of ['evil.example', `evil.example:${gateway.port}`, '127.0.0.1.evil.example', '10.0.0.1'])
    expect(await ask('/api/owner', { ...known, host })).toMatchObject({
      status: 403,
      body: { error: { type: 'Forbidden' } },
    });
  for (const host of ['127.0.0.1', `localhost:${gateway.port}`, `[::1]:${gateway.port}`])
    expect(await ask('/api/owner', { ...known, host })).toMatchObject({ status: 200 });
});

test('other origins are told nothing', async () => {
  const { ask, known } = await serving();
  const origin = 'https://evil.example';
  const preflight = await ask('/api/runs', { origin, 'access-control-request-method': 'GET' }, 'OPTIONS');
  expect(preflight.status).toBe(401);
  for (const { headers } of [preflight, await ask('/api/owner', { ...known, origin })])
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('what it cannot answer is an error with a type, a message and a status', async () => {
  const { ask, known } = await serving();
  expect(await ask('/api/nothing', known)).toMatchObject({
    status: 404,
    body: { error: { type: 'NotFound', message: 'There is no GET /api/nothing.' } },
  });
  for (const path of [
    '/api/runs',
    '/api/runs?limit=0',
    '/api/runs?limit=1&outcome=success',
    '/api/runs?limit=1&opne=true',
  ])
    expect(await ask(path, known)).toMatchObject({ status: 400, body: { error: { type: 'InvalidInput' } } });
});

test('the file with the token is for its owner only, and goes when the gateway stops', async () => {
  const { data, gateway } = await serving();
  const path = join(data, 'gateway.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ port: gateway.port, pid: process.pid, token: TOKEN });
  await gateway.stop();
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a command asks the owner, who knows what was written this moment', async () => {
  const { data, store } = await serving();
  await store.runs.open(runOf('r1'));
  const found = await withRecord({ data, env: {} }, (record) => record.runs(QUERY));
  expect(found?.runs.map(({ runKey }) => runKey)).toEqual(['r1']);
});

test('where nobody owns the folder, the same routes answer from the store, which is free again after', async () => {
  const data = await recorded();
  for (let times = 0; times < 2; times += 1) {
    const found = await withRecord({ data, env: {} }, (record) => record.runs(QUERY));
    expect(found?.runs).toMatchObject([{ runKey: 'r1', state: 'running', attempts: 0, costMicroUsd: 0 }]);
    expect(found?.more).toBe(false);
  }
  await (await openStore(data, process.pid)).close();
});

test.each([
  ['whose process is gone', { port: 9, pid: 2 ** 22 - 1, token: TOKEN }],
  ['whose port nobody has', { port: 9, pid: process.pid, token: TOKEN }],
  ['that is no gateway file', { hello: 'world' }],
])('a gateway file %s is passed by', async (_title, content) => {
  const data = await recorded();
  await writeFile(join(data, 'gateway.json'), JSON.stringify(content));
  expect((await withRecord({ data, env: {} }, (record) => record.runs(QUERY)))?.runs).toHaveLength(1);
});

test('a gateway file whose port another gateway has taken is passed by', async () => {
  const { gateway } = await serving();
  const data = await recorded();
  const stale = { port: gateway.port, pid: process.pid, token: 'cd'.repeat(32) };
  await writeFile(join(data, 'gateway.json'), JSON.stringify(stale));
  expect((await withRecord({ data, env: {} }, (record) => record.runs(QUERY)))?.runs).toHaveLength(1);
});

test('an owner without a gateway is named, with what to do', async () => {
  const data = await folder();
  const store = await openStore(data, process.pid);
  onTestFinished(() => store.close());
  await expect(withRecord({ data, env: {} }, (record) => record.runs(QUERY))).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(
      new RegExp(`in use by process ${process.pid}: .*\n.*older Loopwright without a gateway`),
    ) as unknown,
  });
});

test('a folder without a record has none to give, and is left as it was', async () => {
  const data = join(await folder(), 'nothing');
  expect(await withRecord({ data, env: {} }, (record) => record.runs(QUERY))).toBeUndefined();
  await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('all about one run is asked for by its id; one that is not on record is no error to whoever asks', async () => {
  const { data, ask, known, store } = await serving();
  await store.runs.open(runOf('r1'));
  expect(await recordOf({ data, env: {} }, { run: 'triage-r1' })).toMatchObject({ record: { run: { runKey: 'r1' } } });
  expect(await recordOf({ data, env: {} }, { run: 'nobody' })).toEqual({});
  expect(await ask('/api/runs/record?run=nobody', known)).toMatchObject({
    status: 404,
    body: { error: { type: 'UnknownRun' } },
  });
  expect(await ask('/api/runs/record', known)).toMatchObject({ status: 400 });
});

test('a gateway that stops answers what it has begun, and does not wait for who never asks', async () => {
  const { gateway } = await serving();
  const idle = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => void idle.destroy());
  await once(idle, 'connect');
  const since = performance.now();
  await gateway.stop();
  expect(performance.now() - since).toBeLessThan(10_000);
});
