import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HookRule, type HookKind } from '../../contract/hooks.ts';
import { compileHook } from '../../core/hooks/match.ts';
import type { HookSources } from '../../gateway/hook-source.ts';
import { startGateway } from '../../gateway/serve.ts';
import { SIGN } from '../../gateway/sign.ts';
import { openStore } from '../../store/index.ts';

const NOW = Date.parse('2026-11-27T09:00:00Z');
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const source = (kind: HookKind) => ({
  kind,
  secrets: [SECRET],
  toleranceMs: 300_000,
  match: compileHook([HookRule.parse({ loop: 'triage', input: 'body' })]),
});
const SOURCES: HookSources = new Map((['standard', 'github', 'slack'] as const).map((kind) => [kind, source(kind)]));

interface Answer {
  readonly status: number | undefined;
  readonly body: unknown;
}

/** A gateway that listens, with a store of its own. */
async function serving() {
  const data = await mkdtemp(join(tmpdir(), 'loopwright-hooks-'));
  const store = await openStore(data, process.pid);
  const said: string[] = [];
  let woken = 0;
  const clock = { now: NOW };
  const hooks = {
    sources: SOURCES,
    now: () => clock.now,
    wake: () => (woken += 1),
    report: (text: string) => said.push(text),
  };
  const gateway = await startGateway(data, { store, token: 'ab'.repeat(32), pid: process.pid, hooks });
  onTestFinished(async () => {
    await gateway.stop();
    await store.close();
    await rm(data, { recursive: true, force: true });
  });
  const post = (path: string, headers: Readonly<Record<string, string>>, body: string | Buffer, method = 'POST') =>
    new Promise<Answer>((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: gateway.port, path, headers, method, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown }),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  const send = (
    kind: HookKind,
    body: string,
    { id = 'msg_1', ...more }: { id?: string; [header: string]: string } = {},
  ) => post(`/hooks/${kind}`, { ...SIGN[kind]({ secret: SECRET, id, at: NOW, event: 'issues', body }), ...more }, body);
  return { store, gateway, post, send, said, clock, woken: () => woken };
}

test('what a source signed is kept before it is answered, whatever host it was sent to', async () => {
  const { store, send, woken } = await serving();
  const answer = await send('standard', '{"type":"note","text":"hello"}', { host: 'loops.example.com' });
  expect(answer).toEqual({ status: 202, body: { source: 'standard', delivery: 'msg_1', known: false } });
  expect(await store.inbox.waiting(9, [...SOURCES.keys()])).toEqual([
    { source: 'standard', delivery: 'msg_1', event: 'note', body: '{"type":"note","text":"hello"}' },
  ]);
  expect(woken()).toBe(1);
});

test('the same delivery again is answered alike and kept once, also with a new id that nobody signed', async () => {
  const { store, send, woken } = await serving();
  await send('standard', '{"a":1}');
  expect(await send('standard', '{"a":1}')).toMatchObject({ status: 202, body: { known: true } });
  await send('github', '{"action":"opened"}', { id: 'one' });
  expect(await send('github', '{"action":"opened"}', { id: 'two' })).toMatchObject({
    status: 202,
    body: { known: true },
  });
  expect(await store.inbox.waiting(9, [...SOURCES.keys()])).toHaveLength(2);
  expect(woken()).toBe(2);
});

test('what nobody signed is refused, kept nowhere, and said once where people look', async () => {
  const { store, send, post, said, clock } = await serving();
  expect(await send('github', '{}', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })).toEqual({
    status: 401,
    body: {
      error: { type: 'Unauthorized', message: 'The delivery was refused: its signature is by none of the secrets.' },
    },
  });
  expect(await post('/hooks/github', {}, '{}')).toMatchObject({ status: 401 });
  expect(await post('/hooks/nobody', {}, '{}')).toMatchObject({ status: 404, body: { error: { type: 'NotFound' } } });
  expect(await post('/hooks/github', {}, '', 'PUT')).toMatchObject({ status: 401 });
  expect(await store.inbox.list({ limit: 9 })).toEqual([]);
  expect(said).toEqual(['A delivery to /hooks/github was refused: its signature is by none of the secrets.']);
  clock.now += 11_000;
  await post('/hooks/github', {}, '{}');
  expect(said.at(-1)).toBe(
    'A delivery to /hooks/github was refused: it has no `x-hub-signature-256` header. 1 more were refused since the last time that this was said.',
  );
});

test('a signature opens nothing but its own door', async () => {
  const { post } = await serving();
  const signed = SIGN.github({ secret: SECRET, id: '1', at: NOW, event: 'issues', body: '{}' });
  expect(await post('/api/runs?limit=1', signed, '', 'GET')).toMatchObject({ status: 401 });
  expect(await post('/hooks/../api/runs?limit=1', signed, '', 'GET')).toMatchObject({ status: 401 });
});

test('forms are read as their senders mean them, and Slack hears its challenge', async () => {
  const { store, send } = await serving();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  await send('slack', 'command=%2Fask&text=why%3F', form);
  await send('slack', `payload=${encodeURIComponent('{"type":"block_actions"}')}`, form);
  expect(
    (await store.inbox.waiting(9, [...SOURCES.keys()])).map(({ event, body }) => [event, JSON.parse(body)]),
  ).toEqual([
    ['/ask', { command: '/ask', text: 'why?' }],
    ['block_actions', { type: 'block_actions' }],
  ]);
  expect(await send('slack', '{"type":"url_verification","challenge":"3eZbrw"}')).toEqual({
    status: 200,
    body: { challenge: '3eZbrw' },
  });
});

test('signed bodies that nobody can read are refused, and the next one is taken', async () => {
  const { store, send } = await serving();
  for (const body of ['', 'hello', '{"a":', '\u0000', `${'['.repeat(200_000)}${']'.repeat(200_000)}`])
    expect(await send('github', body)).toMatchObject({ status: 400, body: { error: { type: 'InvalidInput' } } });
  expect(await send('github', `"${'x'.repeat(3 * 1024 * 1024)}"`)).toMatchObject({ status: 413 });
  expect(await send('github', '{"text":"lone \\ud800, nul \\u0000"}')).toMatchObject({ status: 202 });
  const [kept] = await store.inbox.waiting(9, [...SOURCES.keys()]);
  expect(JSON.parse(kept?.body ?? '')).toEqual({ text: 'lone \ud800, nul \u0000' });
});
