import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { createApp } from '../../gateway/app.ts';
import type { GatewayFile } from '../../gateway/gateway-file.ts';
import { SIGN } from '../../gateway/sign.ts';
import type { Store } from '../../store/ports.ts';
import { freePort } from '../../worker/temporal/ports.ts';
import { CanaryWatch } from '../support/canaries.ts';
import { TriageModel } from '../support/crash-model.ts';
import { LoopwrightProcess, plainEnvironment } from '../support/crash-process.ts';
import type { Scripted } from '../support/fake-openai.ts';
import { histories } from '../../testing/replay.ts';
import { cookieOf, send, type Asking } from '../support/open-gateway.ts';
import { until } from '../support/rig.ts';

const TEXT = 'My new card has not arrived yet, can you see where it is?';
const KEY = `sk-${randomBytes(24).toString('hex')}`;
const HOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;
/** A way in that somebody guesses at. */
const GUESS = `lwc_${randomBytes(32).toString('hex')}`;

/** Ids of tickets on which the provider fails, each time with the key in its words. */
const ECHOES: Readonly<Record<string, Scripted>> = {
  'echo-401': { status: 401, error: { message: `Incorrect API key provided: ${KEY}.` } },
  'echo-403': { status: 403, error: { message: `${'x'.repeat(465)} ${KEY} may not use this model` } },
  'echo-400': { odd: { status: 400, bytes: `<h1>Bad request of ${KEY}</h1>` } },
  'echo-refusal': { refusal: `I will not answer ${KEY}.` },
  'echo-no-json': { odd: { bytes: `${'y'.repeat(160)} ${KEY} is welcome` } },
};

/** A real `up` whose model repeats its key, with everything that has a secret. */
async function begin() {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-canary-'));
  const failedOnce = new Set<string>();
  const { model, env } = await TriageModel.start(
    folder,
    () => 0,
    ({ ticket, inputTokens }) => {
      const echo = ECHOES[ticket];
      if (echo !== undefined) return echo;
      if (ticket === 'echo-500' && !failedOnce.has(ticket)) {
        failedOnce.add(ticket);
        return { status: 500, error: { message: `no luck with ${KEY}` } };
      }
      const right = model.right(
        model.messages.find(({ intent }) => /^card_(not_arrived|arrival)$/.test(intent))?.id ?? '',
      );
      const json = { ...right, confidence: 0.5, reply: `${right.reply} (${inputTokens})` };
      return { json, usage: { input: inputTokens, output: 50 } };
    },
  );
  const hooks = join(folder, 'hooks.yaml');
  const rule = { loop: 'supportTriage', input: { id: 'body.id', text: 'body.text' } };
  await writeFile(
    hooks,
    JSON.stringify({ sources: { desk: { kind: 'standard', secrets: ['DESK_SECRET'], rules: [rule] } } }),
  );
  const data = join(folder, 'data');
  const whole = plainEnvironment({
    ...env,
    FAKE_KEY: KEY,
    DESK_SECRET: HOOK_SECRET,
    LOOPWRIGHT_HOOKS: hooks,
    LOOPWRIGHT_DATA: data,
  });
  const ports = {
    temporal: await freePort(),
    ui: await freePort(),
    metrics: await freePort(),
    gateway: await freePort(),
  };
  const words = ['--temporal-port', '--ui-port', '--metrics-port', '--gateway-port'].flatMap((name, index) => [
    name,
    String(Object.values(ports)[index]),
  ]);
  const up = new LoopwrightProcess(['up', ...words], whole);
  onTestFinished(async () => {
    await up.end('SIGKILL');
    await model.fake.close();
    await rm(folder, { recursive: true, force: true });
  });
  await until(
    async () => up.stdout,
    (said) => /is up\.[^]*sign-in\?code=/.test(said) || up.stderr.includes('Error'),
    60_000,
  );
  const command = async (more: NodeJS.ProcessEnv, ...its: readonly string[]) => {
    const ran = new LoopwrightProcess(its, { ...whole, ...more });
    await ran.ended;
    return `${ran.stdout}\n${ran.stderr}`;
  };
  const ask = (path: string, asking?: Asking) => send(ports.gateway, path, asking);
  return { folder, data, ports, up, command, ask };
}

/** Every address that only looks and has an end, with what it has to be asked, for some gates and runs. */
function looks(digests: readonly string[], ids: readonly string[]): string[] {
  const { routes } = createApp({ store: {} as Store, token: '', pid: 1 });
  const paths = routes.flatMap(({ method, path }) => {
    if (method !== 'GET' || path === '/events') return [];
    if (path.includes(':digest')) return digests.map((digest) => path.replace(':digest', digest));
    return path.includes(':id') ? ids.map((id) => path.replace(':id', encodeURIComponent(id))) : [path];
  });
  const queries = ['', '?limit=50', '?after=0&limit=100', '?by=loop', '?code=wrong'];
  const records = ids.map((id) => `/api/runs/record?run=${encodeURIComponent(id)}`);
  return [...new Set(paths)].flatMap((path) => queries.map((query) => `${path}${query}`)).concat(records);
}

/** What a stream of news says in its first second. */
async function newsOf(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  let told = '';
  const { body } = await fetch(url, { headers, signal: AbortSignal.timeout(1000) });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body ?? []) told += decoder.decode(chunk as Uint8Array);
  } catch {
    // It has no end of its own.
  }
  return told;
}

test('no secret leaves the place that it belongs to, whatever fails with it in its words', async () => {
  const { folder, data, ports, up, command, ask } = await begin();
  const code = /sign-in\?code=(\S+)/.exec(up.stdout)?.[1] ?? '';
  const own = { origin: `http://127.0.0.1:${ports.gateway}`, 'sec-fetch-site': 'same-origin' };
  const cookie = cookieOf(await ask('/sign-in', { method: 'POST', headers: own, form: { credential: code } }));
  const pages: string[] = [];
  const page = async (path: string, asking: Asking = {}) => {
    const { status, text, headers } = await ask(path, asking);
    pages.push(text, JSON.stringify(headers));
    return { status, text };
  };
  await command({}, 'users', 'add', 'ada@example.com');
  const token =
    (await command({}, 'users', 'token', 'ada@example.com', '--scopes', 'read')).trim().split('\n')[0] ?? '';
  const unused = (await command({}, 'users', 'sign-in', 'ada@example.com')).trim().split('code=')[1] ?? '';
  const { token: gatewayToken } = JSON.parse(await readFile(join(data, 'gateway.json'), 'utf8')) as GatewayFile;
  const decisionKey = (await readFile(join(data, 'decision-key.pem'), 'utf8')).split('\n')[1] ?? '';
  const watch = new CanaryWatch({
    'model key': KEY,
    'webhook secret': HOOK_SECRET,
    'guessed code': GUESS,
    'used code': code,
    'unused code': unused,
    'session cookie': cookie.split('=')[1] ?? '',
    'user token': token,
    'gateway token': gatewayToken,
    'decision key': decisionKey,
  });

  // Work: by webhooks, by commands; refused deliveries and sign-ins, and a decision.
  const ids = ['fine', 'echo-500', ...Object.keys(ECHOES)];
  for (const id of ids) {
    const body = JSON.stringify({ id, text: TEXT });
    const signed = (secret: string) => SIGN.standard({ secret, id: `msg_${id}`, at: Date.now(), event: '', body });
    const json = JSON.parse(body) as unknown;
    expect(await page('/hooks/desk', { method: 'POST', headers: signed(HOOK_SECRET), json })).toMatchObject({
      status: 202,
    });
    await page('/hooks/desk', { method: 'POST', headers: signed(`whsec_${'A'.repeat(43)}=`), json });
  }
  for (const credential of [GUESS, `lw_${token.slice(3, 15)}_${'0'.repeat(64)}`, code])
    await page('/sign-in', { method: 'POST', headers: own, form: { credential } });
  await page('/api/deliveries/retry', {
    method: 'POST',
    headers: { ...own, cookie },
    json: { source: 'desk', delivery: 'none' },
  });
  await page('/nowhere', { headers: { cookie } });

  const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  const started = async () => {
    const found = [];
    for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = 'supportTriage'` }))
      found.push(workflowId);
    return found;
  };
  const workflows = await until(started, (found) => found.length === ids.length, 60_000);
  const statusOf = (id: string) => client.workflow.getHandle(id).query<Status>('status');
  const state = async () => await Promise.all(workflows.map(async (id) => (await statusOf(id)).state));
  const gates = ids.length - Object.keys(ECHOES).length;
  await until(
    state,
    (states) =>
      states.filter((one) => one === 'awaitingDecision').length === gates &&
      states.filter((one) => one === 'closed').length === ids.length - gates,
    60_000,
  );
  // One in the browser, signed, and one from the Temporal CLI.
  const [, csrf = ''] = /name="csrf" value="(\w+)"/.exec((await page('/sign-out', { headers: { cookie } })).text) ?? [];
  const digests = (await Promise.all(workflows.map(statusOf))).flatMap(({ gateDigest }, index) =>
    gateDigest === undefined ? [] : [{ digest: gateDigest, id: workflows[index] ?? '' }],
  );
  const [first, ...others] = digests;
  const decided = { method: 'POST', headers: { ...own, cookie, 'x-csrf-token': csrf }, json: { decision: 'approve' } };
  expect(await page(`/api/approvals/${first?.digest}/decide`, decided)).toMatchObject({ status: 200 });
  for (const { id } of others) await client.workflow.getHandle(id).signal('approve', { by: 'ada', note: 'fine' });
  await until(state, (states) => states.every((one) => one === 'closed'), 30_000);

  // Whatever anybody can read of it.
  const known = [
    { headers: { authorization: `Bearer ${gatewayToken}` } },
    { headers: { cookie } },
    { headers: { authorization: `Bearer ${token}` } },
    {},
  ];
  for (const path of looks(
    digests.map(({ digest }) => digest),
    workflows,
  ))
    for (const asking of known) await page(path, { ...asking, headers: { accept: 'text/html', ...asking.headers } });
  pages.push(await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text());
  const news = await newsOf(`${own.origin}/events?after=0`, { cookie });
  expect(news).toContain('event:');
  pages.push(news);
  const told = [
    ...workflows.slice(0, 3).map((id) => ['why', id]),
    ['runs'],
    ['hooks', 'list', '--json'],
    ['audit', '--json'],
    ['cost'],
    ['users', 'tokens', '--json'],
    ['doctor'],
    ['backup', join(folder, 'copy')],
  ];
  pages.push(...(await Promise.all(told.map((words) => command({}, ...words)))));
  pages.push(await command({ LOOPWRIGHT_TOKEN: token.replace(/.{8}$/, '00000000') }, 'runs'));
  for await (const { history } of histories(
    client,
    workflows.map((id) => client.workflow.getHandle(id)),
  ))
    watch.look(
      'history',
      JSON.stringify(history, (_name, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString() : value,
      ),
    );

  for (const [index, text] of pages.entries()) watch.look(`answer ${index}: ${text.slice(0, 200)}`, text);
  watch.look('stdout of up', up.stdout, ['used code']);
  watch.look('stderr of up', up.stderr);
  const files = await watch.lookInto(folder, {
    'data/gateway.json': ['gateway token'],
    'data/decision-key.pem': ['decision key'],
  });
  await up.end('SIGTERM');
  watch.look('stdout of up, at its end', up.stdout, ['used code']);
  watch.look('stderr of up, at its end', up.stderr);
  await watch.lookInto(folder, { 'data/decision-key.pem': ['decision key'] });
  expect(watch.leaks).toEqual([]);

  // It was there to be found: what is no secret is found in all of these.
  expect(files).toEqual(
    expect.arrayContaining(['data/loopwright.db', 'data/temporal.db', 'data/temporal.log', 'copy/loopwright.db']),
  );
  expect(pages.join('')).toContain('answered 401');
  expect(pages.filter((text) => /<html/.test(text) && text.includes('supportTriage-desk')).length).toBeGreaterThan(5);
  const control = new CanaryWatch({ control: 'My new card has not arrived yet' });
  await control.lookInto(folder);
  expect(control.leaks.map(({ where }) => where)).toEqual(
    expect.arrayContaining(['data/loopwright.db', 'copy/loopwright.db']),
  );
  expect(control.leaks.some(({ where }) => where.startsWith('data/temporal.db'))).toBe(true);
}, 240_000);
