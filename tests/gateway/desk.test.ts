import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test } from 'vitest';
import { LoopClient } from '../../client/loop-client.ts';
import { SCOPES } from '../../contract/access.ts';
import type { Approval } from '../../contract/approvals.ts';
import type { Status } from '../../contract/messages.ts';
import { newToken } from '../../gateway/credentials.ts';
import { decisionKey } from '../../gateway/decision-key.ts';
import { startGateway } from '../../gateway/serve.ts';
import { SigningDesk } from '../../gateway/signing-desk.ts';
import { command } from '../support/command.ts';
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
async function desk(approval: string, { runs = 1, options = {}, worksMs = 0, limits = '' } = {}) {
  const key = decisionKey(generateKeyPairSync('ed25519').privateKey);
  const act = { publish: { repeatable: true, run: () => new Promise<void>((done) => setTimeout(done, worksMs)) } };
  const one = await rig({
    loops: [
      {
        loop: titleLoop('writeTitle', { act }),
        harness: `approval: { when: "true", ${approval} }\nlimits: { ${limits} }`,
      },
    ],
    script: Array.from({ length: runs }, () => good('owls')),
    decisionKeys: new Map([[key.id, key.publicKey]]),
  });
  const { store, client, taskQueue, folder: data } = one;
  const at = new SigningDesk({ store, runs: new LoopClient(client, taskQueue), key, now: Date.now });
  const gateway = await startGateway(data, { store, token: OWNER_TOKEN, pid: process.pid, desk: () => at }, undefined);
  onTestFinished(() => gateway.stop());
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
  const asks =
    limits === ''
      ? async () => (await store.approvals.pending())['writeTitle']
      : async () => (await one.rows('select * from budget_waits')).length;
  await until(asks, (waiting) => (waiting ?? 0) === runs);
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
  const cli = (who: string, ...words: string[]) =>
    command(data, who === 'owner' ? {} : { LOOPWRIGHT_TOKEN: tokens[who] }, 'approvals', ...words);
  return { ...one, ask, decide, cli, handles, items, digest: first?.digest ?? '' };
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

test('nobody keeps others from deciding who may not decide, nor for ever', async () => {
  const { ask, decide, digest, handles } = await desk('approvers: ["bo"]');
  expect(await ask('cleo', `/${digest}/claim`, {})).toMatchObject({ status: 403 });
  const first = await ask('bo', `/${digest}/claim`, {});
  expect(await ask('bo', `/${digest}/claim`, {})).toEqual(first);
  const deep = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) as object;
  expect(await decide('bo', { decision: 'revise', output: deep })).toMatchObject({ status: 400 });
  expect(await decide('bo', { decision: 'revise', output: 'x'.repeat(200_000) })).toMatchObject({ status: 400 });
  for (let n = 0; n < 5; n += 1) expect(await decide('cleo', approve)).toMatchObject({ status: 409 });
  await ask('bo', `/${digest}/release`, {});
  for (let n = 0; n < 5; n += 1) expect(await decide('cleo', approve)).toMatchObject({ status: 403 });
  expect(await decide('bo', approve)).toMatchObject({ status: 200 });
  await handles[0]?.result();
});

test('many who decide at once are all heard, a few signatures at a time', async () => {
  const { decide, handles, rows } = await desk('signed: true');
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => decide(n % 2 === 0 ? 'bo' : 'cleo', approve)));
  expect(answers.some(({ status }) => status === 200)).toBe(true);
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  await handles[0]?.result();
  expect(await rows('select count(*) as n from decisions')).toEqual([{ n: 1 }]);
});

test('commands list, show and decide what waits, and their exit codes say what came of it', async () => {
  const { cli, client, digest, handles, folder, items } = await desk('signed: true, quorum: 2', { runs: 2 });
  const short = digest.slice(7, 19);
  const listed = await cli('bo', 'list');
  expect(listed.stdout).toMatch(/^DIGEST +RUN +GATE +STATE +LEFT/);
  expect(listed.stdout).toContain(short);
  const shown = await cli('bo', 'show', short);
  const words = [
    '"title": "About owls"',
    'approval rule: true',
    'names-the-topic',
    'signed in at the gateway',
    '0 of 2',
    digest,
  ];
  for (const word of words) expect(shown.stdout).toContain(word);
  expect(shown.stderr).toContain(`loopwright approvals approve ${short}`);
  const shownJson = JSON.parse((await cli('bo', 'show', short, '--json')).stdout) as object;
  expect(shownJson).toMatchObject({ digest, state: 'open', record: { run: { loop: 'writeTitle' } } });
  expect(await cli('owner', 'approve', short, '--as', 'root')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('signed decisions only') as unknown,
  });
  expect(await cli('ada', 'approve', short)).toMatchObject({ code: 4 });
  expect(await cli('bo', 'approve', 'deadbeef')).toMatchObject({ code: 3 });
  expect(await cli('bo', 'claim', short)).toMatchObject({ code: 0 });
  expect(await cli('cleo', 'approve', short)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('bo has it in hand') as unknown,
  });
  expect(await cli('bo', 'release', short)).toMatchObject({ code: 0 });
  expect(await cli('bo', 'approve', short, '--note', 'fine')).toMatchObject({
    code: 0,
    stdout: 'It counts: 1 of 2 have approved.',
  });
  expect(await cli('cleo', 'approve', short)).toMatchObject({ code: 0, stdout: 'It is approved.' });
  expect(await cli('ada', 'reject', short, '--note', 'no')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('cleo was first') as unknown,
  });
  const other = items[1]?.digest ?? '';
  const file = join(folder, 'edit.json');
  await writeFile(file, '{"title":"More owls","confidence":1}');
  expect(await cli('bo', 'revise', other, '--output-file', file)).toMatchObject({ code: 0 });
  expect(await cli('bo', 'revise', other)).toMatchObject({ code: 2 });
  expect(await cli('bo', 'list', '--state', 'edited', '--json')).toMatchObject({
    stdout: expect.stringContaining(other) as unknown,
  });
  await client.workflow.getHandle(items[1]?.workflowId ?? '').signal('stop', { by: 'ada', reason: 'enough' });
  await Promise.all(handles.map((handle) => handle.result()));
  expect((await cli('bo', 'list')).stderr).toBe('Nothing waits for people.');
});

test('money is raised by who may decide, signed where that is asked', async () => {
  const { cli, handles, rows } = await desk('signed: true, approvers: ["role:publisher"]', {
    limits: 'tokens: 16, onCap: ask, usd: 0.0001',
  });
  const [handle] = handles;
  const run = handle?.workflowId ?? '';
  const status = await until(
    () => handle!.query<Status>('status'),
    ({ budget }) => budget !== undefined,
  );
  expect(status.raiseCommand).toMatch(new RegExp(`^loopwright approvals raise ${run} --usd 0[.]\\d+ --reason why$`));
  const bare = handle?.executeUpdate('raiseBudget', { args: [{ by: 'bo', usd: 1, reason: 'mine' }] });
  await expect(bare).rejects.toMatchObject({ cause: { message: expect.stringContaining('unsigned:') as unknown } });
  const raise = (who: string) => cli(who, 'raise', run, '--usd', '0.01', '--reason', 'worth it');
  expect(await raise('owner')).toMatchObject({ code: 1, stderr: expect.stringContaining('unsigned:') as unknown });
  expect(await raise('cleo')).toMatchObject({ code: 1, stderr: expect.stringContaining('forbidden:') as unknown });
  expect(await raise('bo')).toMatchObject({ code: 0, stdout: expect.stringContaining('0.01 USD more') as unknown });
  expect(await rows('select by, identity, micro_usd from budget_raises')).toEqual([
    { by: 'bo', identity: 'signed', micro_usd: 10_000 },
  ]);
  await until(
    () => handle!.query<Status>('status'),
    ({ gate }) => gate !== undefined,
  );
  expect(await raise('bo')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('waits for no money') as unknown,
  });
  await handle?.signal('stop', { by: 'ada', reason: 'enough' });
  await handle?.result();
});

const execFileAsync = promisify(execFile);

/** What the real CLI is told. */
async function bare(workflowId: string, digest: string): Promise<string> {
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
