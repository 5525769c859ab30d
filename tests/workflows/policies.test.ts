import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Statement } from '../../contract/statement.ts';
import { decisionKey } from '../../gateway/decision-key.ts';
import { decide, key, opened, refusal, signed, statusOf } from '../support/gated.ts';
import { until, type EventId } from '../support/rig.ts';

test('as many different people as the policy asks for have to approve, and each is on record before anything is done', async () => {
  const { handle, digest, rows } = await opened('quorum: 3');
  const have = async (by: string) => (await decide(handle, { decision: 'approve', by, digest })).have;
  expect([await have('ada'), await have('ada'), await have('bo')]).toEqual([1, 1, 2]);
  const waiting = await until(
    () => rows('select state, need from gates where need = 3'),
    ([row]) => row !== undefined,
  );
  expect(waiting).toEqual([{ state: 'open', need: 3 }]);
  expect(await statusOf(handle)).toMatchObject({ state: 'awaitingDecision', gateHave: 2, gateNeed: 3 });
  expect(await rows('select * from outbox')).toEqual([]);
  expect(await decide(handle, { decision: 'approve', by: 'cleo', digest })).toMatchObject({
    state: 'approved',
    have: 3,
    need: 3,
  });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', lessons: 1 });
  expect(await rows('select by from decisions order by at, by')).toEqual([{ by: 'ada' }, { by: 'bo' }, { by: 'cleo' }]);
  expect(await rows('select state from gates')).toEqual([{ state: 'approved' }]);
});

test('one rejection is enough, whoever has approved', async () => {
  const { handle, digest } = await opened('quorum: 2');
  await decide(handle, { decision: 'approve', by: 'ada', digest });
  await decide(handle, { decision: 'reject', by: 'bo', digest, note: 'no' });
  expect(await handle.result()).toMatchObject({ outcome: 'rejected' });
});

test('an edit begins the count anew, and counts for whoever brought it', async () => {
  const { handle, digest, gate, rows } = await opened('quorum: 2');
  await decide(handle, { decision: 'approve', by: 'ada', digest });
  const output = { title: 'All owls', confidence: 1 };
  await decide(handle, { decision: 'revise', by: 'bo', digest, output, approve: true });
  const { gateDigest: next = '' } = await gate(handle, digest);
  await until(
    () => statusOf(handle),
    ({ gateHave }) => gateHave === 1,
  );
  expect(await decide(handle, { decision: 'approve', by: 'ada', digest: next })).toMatchObject({
    have: 2,
    state: 'approved',
  });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output });
  expect(await rows('select state from gates order by opened_at')).toEqual([
    { state: 'edited' },
    { state: 'approved' },
  ]);
});

test('where decisions have to be signed, bare ones are refused and go on record, and the signed one counts', async () => {
  const one = await opened('signed: true');
  const { handle, digest, rows } = one;
  await handle.signal('approve', { by: 'mallory' });
  await handle.signal('reject', { by: 'mallory', note: 'no' });
  expect(await refusal(handle, { decision: 'approve', by: 'mallory', digest })).toEqual([
    'unsigned',
    expect.stringContaining('takes signed decisions only'),
  ]);
  const audited = await until(
    () =>
      rows(
        `select json_extract(body, '$.code') as code, json_extract(body, '$.by') as by from audit where kind = 'refusal'`,
      ),
    ({ length }) => length === 2,
  );
  expect(audited).toEqual(Array.from({ length: 2 }, () => ({ code: 'unsigned', by: 'mallory' })));
  const reply = await decide(handle, await signed(one, 'ada', { digest, note: 'fine' }));
  expect(reply).toMatchObject({ state: 'approved', by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  expect(await rows('select by, identity from decisions')).toEqual([{ by: 'ada', identity: 'signed' }]);
});

test('a signature counts for one decision on what was shown, by who signed it, now', async () => {
  const one = await opened('signed: true, approvers: ["ada", "bo"]');
  const { handle, digest } = one;
  const seconds = Math.floor(Date.now() / 1000);
  const other = decisionKey(generateKeyPairSync('ed25519').privateKey);
  const approval = await signed(one, 'ada', { digest });
  const whole = approval.signature ?? '';
  const [head, body, tail] = whole.split('.') as [string, string, string];
  const statement = JSON.parse(Buffer.from(body, 'base64url').toString()) as Statement;
  const forged = Buffer.from(JSON.stringify({ ...statement, by: 'bo' })).toString('base64url');
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'decision+jws', kid: key.id })).toString('base64url');
  const wrong: [object, string][] = [
    [{ ...approval, signature: other.sign(statement) }, 'is not known to this worker'],
    [{ ...approval, by: 'bo' }, 'it is by ada, not by bo'],
    [{ ...approval, by: 'bo', signature: `${head}.${forged}.${tail}` }, 'does not fit its key'],
    [{ ...approval, signature: `${none}.${body}.` }, 'no signed decision'],
    [{ ...approval, signature: 'x' }, 'no signed decision'],
    [{ ...approval, note: 'another' }, 'about another decision'],
    [await signed(one, 'ada', { digest }, { run: 'another' }), 'not about what this gate shows'],
    [await signed(one, 'ada', { digest }, { digest: 'sha256:0' }), 'not about what this gate shows'],
    [await signed(one, 'ada', { digest }, { iat: seconds - 400, exp: seconds - 200 }), 'has expired'],
    [await signed(one, 'ada', { digest }, { iat: seconds + 200, exp: seconds + 300 }), 'from the future'],
    [await signed(one, 'ada', { digest }, { exp: seconds + 4000 }), 'longer than statements may be'],
  ];
  for (const [decision, why] of wrong) {
    const [code, message] = await refusal(handle, decision);
    expect([code, message]).toEqual(['signature', expect.stringContaining(why)]);
  }
  expect(await refusal(handle, await signed(one, 'eve', { digest }))).toEqual(['forbidden', expect.any(String)]);
  // Feedback that came to nothing, sent again by somebody who read it in the history.
  const output = { title: 'nothing of the topic', confidence: 1 };
  const edit = await signed(one, 'ada', { decision: 'revise', digest, output });
  await decide(handle, edit);
  await until(
    () => statusOf(handle),
    ({ gateBecause = '' }) => gateBecause.includes('stands'),
  );
  expect(await refusal(handle, edit)).toEqual(['signature', expect.stringContaining('used before')]);
  await decide(handle, approval);
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('a role counts that the gateway signed, and a name that says it is one does not', async () => {
  const one = await opened('approvers: ["role:publisher"]');
  const { handle, digest } = one;
  for (const by of ['role:publisher', 'ada'])
    expect((await refusal(handle, { decision: 'approve', by, digest }))[0]).toBe('forbidden');
  expect((await refusal(handle, await signed(one, 'ada', { digest })))[0]).toBe('forbidden');
  const reply = await decide(handle, await signed(one, 'ada', { digest }, { roles: ['publisher'] }));
  expect(reply.state).toBe('approved');
  await handle.result();
});

test('nobody approves the run they asked for, nor their own edit', async () => {
  const one = await opened('signed: true', { requestedBy: 'ada' });
  const { handle, digest, gate, rows } = one;
  expect((await refusal(handle, await signed(one, 'ada', { digest })))[0]).toBe('ownWork');
  const output = { title: 'All owls', confidence: 1 };
  await decide(handle, await signed(one, 'bo', { decision: 'revise', digest, output, approve: true }));
  const { gateDigest: next = '' } = await gate(handle, digest);
  const told = await until(
    () => statusOf(handle),
    ({ refusedCount }) => refusedCount > 0,
  );
  expect(told.refused).toContain('own work: bo edited what it shows');
  expect((await refusal(handle, await signed(one, 'bo', { digest: next })))[0]).toBe('ownWork');
  await decide(handle, await signed(one, 'cleo', { digest: next }));
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output });
  expect(await rows(`select distinct json_extract(body, '$.code') as code from audit where kind = 'refusal'`)).toEqual([
    { code: 'ownWork' },
  ]);
});

test('what has more at stake has a tier of its own, and may be approved later only', async () => {
  const tiers = `tiers: [{ when: "output.confidence > 0.9", risk: high, minDelay: "2 seconds", quorum: 2 }]`;
  const { handle, digest, rows } = await opened(tiers);
  const approve = (by: string) => ({ decision: 'approve', by, digest });
  expect(await refusal(handle, approve('ada'))).toEqual(['tooSoon', expect.stringMatching(/approved in [12] s/)]);
  expect(await rows(`select json_extract(policy, '$.risk') as risk, need from gates`)).toEqual([
    { risk: 'high', need: 2 },
  ]);
  const late = async (by: string) => await decide(handle, approve(by)).catch(() => undefined);
  await until(
    () => late('ada'),
    (reply) => reply !== undefined,
  );
  expect(await decide(handle, approve('bo'))).toMatchObject({ state: 'approved', have: 2 });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('a rule of a tier that cannot be decided holds: nothing is waved through by a mistake', async () => {
  const { handle, digest, rows } = await opened('tiers: [{ when: "output.price > 5.0", quorum: 2 }]');
  expect(await rows('select need from gates')).toEqual([{ need: 2 }]);
  await decide(handle, { decision: 'reject', by: 'ada', digest, note: 'no' });
  await handle.result();
});

test('a reset to any point does nothing twice, and nobody’s approval counts who did not give it', async () => {
  const one = await opened('signed: true, quorum: 2');
  const { handle, digest, rows, reset, client } = one;
  for (const by of ['ada', 'bo']) await decide(handle, await signed(one, by, { digest }));
  await handle.result();
  const [{ runId }] = [await handle.describe()];
  const { events = [] } = await handle.fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  for (const { eventId } of tasks) {
    const again = await reset(client.workflow.getHandle(handle.workflowId), eventId as EventId, runId);
    const ended = again.result().then(() => true);
    const waits = until(
      () => statusOf(again),
      ({ state }) => state === 'awaitingDecision',
    ).then(() => false);
    // What was decided comes again with the reset, as it was signed; where it does not, people decide again.
    if (!(await Promise.race([ended, waits]).catch(() => true)))
      for (const by of ['ada', 'bo']) await decide(again, await signed(one, by, { digest })).catch(() => undefined);
    expect(await ended).toBe(true);
    expect(await rows('select key from outbox')).toHaveLength(1);
  }
  const by = await rows(`select distinct by, identity from decisions order by by`);
  expect(by).toEqual([
    { by: 'ada', identity: 'signed' },
    { by: 'bo', identity: 'signed' },
  ]);
}, 60_000);

test('a flood of forged decisions does not grow the history', async () => {
  const { handle, digest, rows } = await opened('signed: true');
  for (let n = 0; n < 30; n += 1) await handle.signal('approve', { by: `mallory-${n}` });
  await until(
    () => statusOf(handle),
    ({ refusedCount }) => refusedCount === 30,
  );
  await until(
    () => rows('select * from refusals'),
    ({ length }) => length === 20,
  );
  const lengths: number[] = [];
  for (const by of ['mallory', 'eve']) {
    expect((await refusal(handle, { decision: 'approve', by, digest }))[0]).toBe('unsigned');
    lengths.push((await handle.describe()).historyLength);
  }
  expect(lengths[1]).toBe(lengths[0]);
  await handle.signal('stop', { by: 'ada', reason: 'enough' });
  expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
  expect(await rows('select state from gates')).toEqual([{ state: 'cancelled' }]);
});
