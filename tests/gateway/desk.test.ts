import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test } from 'vitest';
import { LoopClient } from '../../client/loop-client.ts';
import { SCOPES } from '../../contract/access.ts';
import type { Approval } from '../../contract/approvals.ts';
import { newToken } from '../../gateway/credentials.ts';
import { decisionKey } from '../../gateway/decision-key.ts';
import { startGateway } from '../../gateway/serve.ts';
import { SigningDesk } from '../../gateway/signing-desk.ts';
import { good, titleLoop } from '../support/loops.ts';
import { OWNER_TOKEN } from '../support/open-gateway.ts';
import { rig, until } from '../support/rig.ts';

/** What an answer of the gateway says. */
interface Told {
  readonly status: number;
  readonly body: {
    readonly error?: { type: string; message: string };
    readonly winner?: { by: string; state: string };
  } & Partial<Approval>;
}

const people: Readonly<Record<string, readonly string[]>> = { ada: [], bo: ['publisher'], cleo: [] };

/** A gateway over runs that wait, and people who may decide. */
async function desk(approval: string, { runs = 1, options = {}, worksMs = 0 } = {}) {
  const key = decisionKey(generateKeyPairSync('ed25519').privateKey);
  const act = { publish: { repeatable: true, run: () => new Promise<void>((done) => setTimeout(done, worksMs)) } };
  const one = await rig({
    loops: [{ loop: titleLoop('writeTitle', { act }), harness: `approval: { when: "true", ${approval} }` }],
    script: Array.from({ length: runs }, () => good('owls')),
    decisionKeys: new Map([[key.id, key.publicKey]]),
  });
  const { store, client, taskQueue } = one;
  const data = await mkdtemp(join(tmpdir(), 'loopwright-desk-'));
  const at = new SigningDesk({ store, runs: new LoopClient(client, taskQueue), key, now: Date.now });
  const gateway = await startGateway(data, { store, token: OWNER_TOKEN, pid: process.pid, desk: () => at }, undefined);
  onTestFinished(async () => {
    await gateway.stop();
    await rm(data, { recursive: true, force: true });
  });
  const tokens: Record<string, string> = { owner: OWNER_TOKEN };
  const doing = { by: 'owner', at: Date.now() };
  for (const [name, roles] of Object.entries(people)) {
    const { id, secret, hash } = newToken();
    await store.users.add({ name, roles: [...roles], scopes: SCOPES }, doing);
    await store.apiTokens.add({ id, user: name, secretHash: hash, label: 'test', scopes: SCOPES }, doing);
    tokens[name] = secret;
  }
  const handles = await Promise.all(
    Array.from({ length: runs }, (_, n) =>
      one.start('writeTitle', { id: String(n), topic: 'owls' }, { requestedBy: 'ada', ...options }),
    ),
  );
  await until(
    () => store.approvals.pending(),
    (pending) => (pending['writeTitle'] ?? 0) === runs,
  );
  const ask = async (who: string, path: string, json?: object): Promise<Told> => {
    const headers = {
      authorization: `Bearer ${tokens[who]}`,
      'content-type': 'application/json',
      'x-loopwright-as': 'cleo',
    };
    const init = json === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(json) };
    const response = await fetch(`${gateway.url}/api/approvals${path}`, init);
    return { status: response.status, body: (await response.json()) as Told['body'] };
  };
  const { items } = await store.approvals.list({ state: 'pending', limit: 200 }, Date.now());
  const [first] = items;
  const decide = (who: string, json: object, digest = first?.digest ?? '') => ask(who, `/${digest}/decide`, json);
  return { ...one, ask, decide, handles, items, digest: first?.digest ?? '' };
}

const approve = { decision: 'approve' };

test('a user decides over the API, signed, and the same again is no second decision', async () => {
  const { decide, handles, rows, ask, digest } = await desk('signed: true');
  expect(await decide('bo', { ...approve, note: 'fine' })).toEqual({
    status: 200,
    body: { state: 'approved', have: 1, need: 1 },
  });
  expect(await handles[0]?.result()).toMatchObject({ outcome: 'accepted' });
  expect(await decide('bo', { ...approve, note: 'fine' })).toMatchObject({ status: 200, body: { state: 'approved' } });
  const lost = await decide('cleo', { decision: 'reject', note: 'no' });
  expect(lost).toMatchObject({
    status: 409,
    body: { error: { type: 'AlreadyDecided' }, winner: { by: 'bo', state: 'approved' } },
  });
  expect(await rows('select by, identity, note from decisions')).toEqual([
    { by: 'bo', identity: 'signed', note: 'fine' },
  ]);
  expect(await ask('cleo', `/${digest.slice(7, 19)}`)).toMatchObject({
    status: 200,
    body: { state: 'approved', decidedBy: 'bo' },
  });
});

test('what the policy refuses is 403 and goes on record, and the run goes on waiting', async () => {
  const { decide, rows, ask, handles, digest } = await desk('signed: true, approvers: ["ada", "role:publisher"]');
  // The task that opened the gate ends before it answers.
  await handles[0]?.query('status');
  const { historyLength } = (await handles[0]?.describe()) ?? {};
  expect(await decide('cleo', approve)).toMatchObject({ status: 403, body: { error: { type: 'Forbidden' } } });
  expect(await decide('ada', approve)).toMatchObject({
    status: 403,
    body: { error: { message: expect.stringContaining('own work') as unknown } },
  });
  expect(await decide('owner', approve)).toMatchObject({
    status: 403,
    body: { error: { message: expect.stringContaining('signed decisions only') as unknown } },
  });
  expect(await rows('select by, code, via from refusals order by at')).toEqual([
    { by: 'cleo', code: 'forbidden', via: 'gateway' },
    { by: 'ada', code: 'ownWork', via: 'gateway' },
    { by: 'cleo', code: 'unsigned', via: 'gateway' },
  ]);
  expect((await handles[0]?.describe())?.historyLength).toBe(historyLength);
  expect(await ask('ada', `/${digest}`)).toMatchObject({ body: { state: 'open', have: 0 } });
  expect(await decide('bo', approve)).toMatchObject({ status: 200 });
  await handles[0]?.result();
});

test('what is wrong is said with the fix, and changes nothing', async () => {
  const { decide, ask, digest, handles } = await desk('quorum: 2');
  const said = async (json: object) => (await decide('ada', json)).body.error?.message;
  expect(await said({ decision: 'reject' })).toContain('a rejection needs a `note`');
  expect(await said({ decision: 'revise' })).toContain('expected exactly one of `feedback`');
  expect(await said({ decision: 'maybe' })).toContain('approve');
  expect(await said({ ...approve, by: 'bo' })).toContain('Unrecognized key: "by"');
  expect(await decide('ada', approve, 'sha256:00000000')).toMatchObject({ status: 404 });
  expect(await ask('ada', '/nonsense')).toMatchObject({ status: 400 });
  expect(await ask('ada', '?state=odd')).toMatchObject({ status: 400 });
  expect(await decide('ada', approve)).toMatchObject({ status: 200, body: { state: 'open', have: 1, need: 2 } });
  expect(await decide('ada', approve)).toMatchObject({ status: 200, body: { have: 1 } });
  expect(await decide('bo', { decision: 'revise', output: { title: 'nothing', confidence: 1 } })).toMatchObject({
    status: 200,
  });
  await until(
    () => ask('ada', `/${digest}`),
    ({ body }) => body.because?.includes('stands') === true,
  );
  expect(await ask('ada', '')).toMatchObject({ body: { items: [{ digest, state: 'open' }] } });
  await handles[0]?.signal('stop', { by: 'ada', reason: 'enough' });
  await handles[0]?.result();
  expect(await decide('ada', approve)).toMatchObject({ status: 410, body: { error: { type: 'TooLate' } } });
});

test('whoever has it in hand decides it, until they let go', async () => {
  const { decide, ask, digest, handles } = await desk('');
  expect(await ask('ada', `/${digest}/claim`, {})).toMatchObject({ status: 200, body: { by: 'ada' } });
  expect(await ask('bo', `/${digest}/claim`, {})).toMatchObject({ status: 409, body: { error: { type: 'Claimed' } } });
  expect(await decide('bo', approve)).toMatchObject({
    status: 409,
    body: { error: { type: 'Claimed', message: expect.stringContaining('ada has it in hand') as unknown } },
  });
  expect(await ask('bo', `/${digest}/release`, {})).toMatchObject({ status: 200 });
  expect(await decide('bo', approve)).toMatchObject({ status: 409 });
  await ask('ada', `/${digest}/release`, {});
  expect(await decide('bo', approve)).toMatchObject({ status: 200 });
  await handles[0]?.result();
  expect(await ask('ada', `/${digest}/claim`, {})).toMatchObject({ status: 410 });
});

const execFileAsync = promisify(execFile);

/** What the real CLI is told. */
async function bare(workflowId: string, digest: string): Promise<'won' | string> {
  const input = JSON.stringify({ decision: 'approve', by: 'cli', digest });
  const args = ['workflow', 'update', 'execute', '--address', inject('temporal'), '-w', workflowId, '--name', 'decide'];
  return await execFileAsync(inject('temporalCli'), [...args, '--update-id', randomUUID(), '--input', input]).then(
    () => 'won',
    ({ stderr }: { readonly stderr: string }) => stderr,
  );
}

test('of two people and the bare CLI who decide at once one wins, and the others hear who', async () => {
  const { items, decide, handles, rows } = await desk('', { runs: 6, worksMs: 2500 });
  for (const { digest, workflowId } of items) {
    const [ada, bo, cli] = await Promise.all([
      decide('ada', approve, digest),
      decide('bo', approve, digest),
      bare(workflowId, digest),
    ]);
    const winners = [
      ...(ada.status === 200 ? ['ada'] : []),
      ...(bo.status === 200 ? ['bo'] : []),
      ...(cli === 'won' ? ['cli'] : []),
    ];
    expect(winners, JSON.stringify([ada, bo, cli])).toHaveLength(1);
    for (const told of [ada, bo].filter(({ status }) => status !== 200))
      expect(told).toMatchObject({ status: 409, body: { winner: { by: winners[0], state: 'approved' } } });
    if (cli !== 'won') expect(cli).toContain(`approved by ${winners[0]}`);
  }
  await Promise.all(handles.map((handle) => handle.result()));
  expect(await rows(`select count(*) as n from decisions`)).toEqual([{ n: 6 }]);
  expect(await rows(`select count(*) as n from effects`)).toEqual([{ n: 6 }]);
});
