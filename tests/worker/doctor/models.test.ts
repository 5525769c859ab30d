import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { LoopwrightConfig } from '../../../worker/doctor/config-file.ts';
import { modelChecks } from '../../../worker/doctor/models.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { findings, settings } from './fixtures/settings.ts';

const KEY = 'a-key-of-the-test';

/** A model server that answers `/v1/models`; everything else is the listener's fault. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/v1/models') answer(request, response);
    else response.writeHead(500).end(`unexpected ${request.url}`);
  });
  return `${await listen(server)}/v1`;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const lists = (...ids: readonly string[]): RequestListener => {
  return (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) }));
};

const answers = (status: number): RequestListener => {
  return (_request, response) => response.writeHead(status).end('{}');
};

function config(baseUrl: string, change: Partial<LoopwrightConfig> = {}): LoopwrightConfig {
  return {
    pricesAsOf: '2026-11-01',
    pricesStaleAfter: '180 days',
    budgets: { tenants: {} },
    models: { default: { model: 'tiny-1', baseUrl, apiKeyEnv: 'TEST_KEY' } },
    prices: { 'tiny-1': { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 } },
    ...change,
  };
}

async function look(file: LoopwrightConfig, env: NodeJS.ProcessEnv = { TEST_KEY: KEY }, timeoutMs = 5000) {
  const made = modelChecks(await settings({ env, timeoutMs }), 'loopwright.yaml', file);
  const found = await findings(made.checks);
  const finding = (what: string) => found[`${what} of \`default\``]?.finding;
  return { key: finding('key'), model: finding('model'), price: finding('price'), dates: await made.dates() };
}

test('a server that takes the key and has the model is all right', async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.headers.authorization);
    lists('tiny-1', 'tiny-2')(request, response);
  });
  const { key, model, price, dates } = await look(config(url));
  expect(key).toEqual({ kind: 'ok', saw: 'TEST_KEY is set' });
  expect(model).toEqual({ kind: 'ok', saw: `${url} has tiny-1` });
  expect(price).toEqual({ kind: 'ok', saw: 'tiny-1: 0.1 / 0.4 USD per million tokens in / out' });
  expect(asked).toEqual([`Bearer ${KEY}`]);
  expect(dates).toEqual([{ of: new URL(url).host, date: expect.any(Number), readAt: expect.any(Number) }]);
});

test('a model that is not listed is a warning with those that are', async () => {
  const { model } = await look(config(await serve(lists('large-1', 'large-2'))));
  expect(model).toMatchObject({ kind: 'warn', fix: expect.stringContaining('large-1, large-2') });
});

test('what a server lists is shown on one line, and never obeyed', async () => {
  const url = await serve(lists('evil\u001b[2J\u001b]0;owned\u0007\nok  fake  all is well'));
  const { model } = await look(config(url));
  expect(model).toMatchObject({ fix: expect.stringContaining('it lists evil ok fake all is well (some servers') });
});

test('a model that is listed with its tag is taken', async () => {
  const { model } = await look(config(await serve(lists('tiny-1:latest'))));
  expect(model?.kind).toBe('ok');
});

test.each([401, 403])('HTTP %i is a refused key, which is not shown', async (status) => {
  const { model } = await look(config(await serve(answers(status))));
  expect(model).toMatchObject({ kind: 'fail', saw: expect.stringContaining(`refuses the key (HTTP ${status})`) });
  expect(JSON.stringify(model)).not.toContain(KEY);
});

test('HTTP 404 is a server without a list, which is a warning', async () => {
  const { model } = await look(config(await serve(answers(404))));
  expect(model).toMatchObject({ kind: 'warn', saw: expect.stringContaining('no list of models (HTTP 404)') });
});

test('HTTP 503 is a failure', async () => {
  const { model } = await look(config(await serve(answers(503))));
  expect(model).toMatchObject({ kind: 'fail', saw: expect.stringContaining('HTTP 503') });
});

test('a redirect is a failure, and is not followed', async () => {
  const elsewhere = await serve(lists('tiny-1'));
  const url = await serve((_request, response) => response.writeHead(308, { location: `${elsewhere}/models` }).end());
  expect((await look(config(url))).model).toMatchObject({
    kind: 'fail',
    saw: expect.stringContaining('sends to another address (HTTP 308)'),
  });
});

test('a list without end is a failure', async () => {
  const url = await serve((_request, response) => response.writeHead(200, { 'content-length': '20000001' }).write('['));
  expect((await look(config(url))).model).toMatchObject({
    kind: 'fail',
    saw: expect.stringContaining('its list of models has more than 20 MB'),
  });
});

test('HTTP 200 with a page instead of a list is a warning', async () => {
  const url = await serve((_request, response) => response.writeHead(200).end('<!doctype html>'));
  expect((await look(config(url))).model).toMatchObject({
    kind: 'warn',
    saw: expect.stringContaining('no list of models'),
  });
});

test('a server that never answers is a failure within the time', async () => {
  const { model } = await look(config(await serve(() => {})), undefined, 300);
  expect(model).toMatchObject({ kind: 'fail', saw: expect.stringContaining('no answer within 0.3 s') });
});

test('a server that stops in the middle of its list is a failure within the time', async () => {
  const url = await serve((_request, response) => response.writeHead(200).write('{"data":['));
  expect((await look(config(url), undefined, 300)).model).toMatchObject({
    kind: 'fail',
    saw: expect.stringContaining('no answer within 0.3 s'),
  });
});

test('a server that is not there is a failure', async () => {
  const { model } = await look(config(`http://127.0.0.1:${await freePort()}/v1`));
  expect(model).toMatchObject({ kind: 'fail', saw: expect.stringContaining('nothing listens there') });
});

test('without its key a server elsewhere is not asked', async () => {
  const { key, model, dates } = await look(config('http://models.example/v1'), {});
  expect(key).toMatchObject({ kind: 'fail', saw: 'TEST_KEY is not set, so no worker starts' });
  expect(model).toEqual({ kind: 'skipped', saw: 'its server was not asked: TEST_KEY is not set' });
  expect(dates).toEqual([]);
});

test('a server on this machine, or one that is said to need none, is asked without a key', async () => {
  const url = await serve(lists('tiny-1'));
  const none = { default: { model: 'tiny-1', baseUrl: url, apiKeyEnv: 'none' } };
  for (const file of [config(url), config('', { models: none })]) {
    const { key, model } = await look(file, {});
    expect(key).toEqual({ kind: 'ok', saw: 'this server needs none' });
    expect(model).toEqual({ kind: 'ok', saw: `${url} has tiny-1` });
  }
});

test('a resource of Azure is asked with its own header, and its list is not held against the deployment', async () => {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers['api-key'], request.headers.authorization]);
    lists('gpt-5-mini-2025-08-07')(request, response);
  });
  const url = await listen(server);
  const models = { default: { model: 'tiny-1', azure: { endpoint: url }, apiKeyEnv: 'TEST_KEY' } };
  expect((await look(config('', { models }))).model).toEqual({ kind: 'ok', saw: `${url}/openai/v1 takes the key` });
  expect(asked).toEqual([['/openai/v1/models', KEY, undefined]]);
});

test('an OPENAI_BASE_URL that is no URL is a failure', async () => {
  const models = { default: { model: 'tiny-1', apiKeyEnv: 'TEST_KEY' } };
  const { model } = await look(config('', { models }), { TEST_KEY: KEY, OPENAI_BASE_URL: 'models.example' });
  expect(model).toMatchObject({ kind: 'fail', saw: 'OPENAI_BASE_URL is no URL: "models.example"' });
});

test('a key with a line break is a failure', async () => {
  const { key } = await look(config(await serve(lists('tiny-1'))), { TEST_KEY: `${KEY}\n` });
  expect(key).toMatchObject({ kind: 'fail', saw: expect.stringContaining('white space') });
});

test('where the file names no server, OPENAI_BASE_URL is asked, as the client does', async () => {
  const url = await serve(lists('tiny-1'));
  const models = { default: { model: 'tiny-1', apiKeyEnv: 'TEST_KEY' } };
  const { model } = await look(config('', { models }), { TEST_KEY: KEY, OPENAI_BASE_URL: url });
  expect(model).toEqual({ kind: 'ok', saw: `${url} has tiny-1` });
});

test('a missing price is a failure with the lines to add', async () => {
  const url = await serve(lists('tiny-1'));
  expect((await look(config(url, { prices: {} }))).price).toMatchObject({
    kind: 'fail',
    fix: expect.stringMatching(/\nprices:\n {2}tiny-1: \{ inputUsdPerMillion: 0, outputUsdPerMillion: 0 \}$/),
  });
});

test('where other prices are declared, the line to add has no second heading', async () => {
  const prices = { other: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } };
  const models = { default: { model: 'org/tiny:1', apiKeyEnv: 'TEST_KEY' } };
  expect((await look(config('', { models, prices }), {})).price).toMatchObject({
    fix: expect.stringMatching(
      /under `prices:`[^\n]+\n {2}"org\/tiny:1": \{ inputUsdPerMillion: 0, outputUsdPerMillion: 0 \}$/,
    ),
  });
});
