import { expect, test } from 'vitest';
import { judge, model } from '../../loops/define/index.ts';
import { bad, doubts, good, names, taste, titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';
import type { Status } from '../../contract/messages.ts';

const owls = { id: '1', topic: 'owls' };
const asking = 'approval: { when: "output.confidence < 0.9" }';
const always = 'approval: { when: "true" }';
const doubted = titleLoop('doubted', { stages: { main: { generate: model(), verify: [doubts] } } });

test('the approval rule parks what it names and lets the rest act', async () => {
  const { run, start, gate, rows } = await rig({
    loops: [{ loop: titleLoop(), harness: asking }],
    script: [good('owls', 0.95), good('cats', 0.5)],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted', gates: 0 });
  const handle = await start('writeTitle', { id: '2', topic: 'cats' });
  const status = await gate(handle);
  expect(status.gateBecause).toBe('approval rule: output.confidence < 0.9');
  expect(await rows('select key from outbox')).toHaveLength(1);
  await handle.signal('approve', { by: 'ada', note: 'fine' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', gates: 1, lessons: 1 });
  expect(await rows('select key from outbox')).toHaveLength(2);
  expect(await rows('select gate, decision, by, identity, note from decisions')).toEqual([
    { gate: 'main#1', decision: 'approve', by: 'ada', identity: 'unverified', note: 'fine' },
  ]);
});

test('a rejection ends the run, does nothing, and its note is the lesson', async () => {
  const { start, gate, rows } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await handle.signal('reject', { by: 'ada', note: 'too plain' });
  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'rejected', reason: 'Rejected by ada at main#1: too plain', lessons: 1 });
  expect((result as { best?: string }).best).toMatch(/^sha256:/);
  expect(await rows('select kind, text, source, by from lessons')).toEqual([
    { kind: 'rejection', text: 'too plain', source: 'rejection', by: 'ada (unverified)' },
  ]);
  expect(await rows('select key from outbox')).toEqual([]);
});

test('a share of what could act alone is audited', async () => {
  const { start, gate, rows } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { audit: 1 }' }],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  expect((await gate(handle)).gateBecause).toBe('audit: 100 % of what could act alone is looked at');
  await handle.signal('approve', { by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  expect(await rows('select kind, source from lessons')).toEqual([{ kind: 'example', source: 'audit' }]);
});

test('an opinion asks a human, who sees the draft and may overrule it', async () => {
  const { start, gate, rows } = await rig({ loops: [{ loop: doubted }], script: [bad('Birds')] });
  const handle = await start('doubted', owls);
  const status = await gate(handle);
  expect(status).toMatchObject({ gate: 'main#1', gateBecause: 'doubts: "Birds"', gateArtefact: { title: 'Birds' } });
  expect(status.reviseCommand).toContain('"title":"Birds"');
  await handle.signal('approve', { by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', gates: 1, output: { title: 'Birds' } });
  expect(await rows('select body from outbox')).toHaveLength(1);
  expect(await rows(`select author, verdict from judgements order by at`)).toEqual([
    { author: 'verifiers', verdict: 'fail' },
    { author: 'human:ada', verdict: 'pass' },
  ]);
});

test('nobody is asked about what a certain check failed, and an edit cannot get around it', async () => {
  const both = titleLoop('both', { stages: { main: { generate: model(), verify: [names, doubts] } } });
  const { start, gate } = await rig({ loops: [{ loop: both, harness: always }], script: [bad('One'), good('owls')] });
  const handle = await start('both', owls);
  const first = await gate(handle);
  expect(first.attempt).toBe(2);
  await handle.signal('revise', { by: 'ada', output: { title: 'Birds', confidence: 1 }, approve: true });
  const again = await until(
    () => handle.query<Status>('status'),
    (status) => status.gate !== undefined && status.refusedCount === 1,
  );
  expect(again.gateDigest).toBe(first.gateDigest);
  expect(again.gateBecause).toBe('the edit failed names-the-topic ("Birds" lacks "owls"); the version before stands');
  expect(again.gateArtefact).toEqual({ title: 'About owls', confidence: 0.95 });
  await handle.signal('revise', { by: 'ada', output: { title: 'My owls', confidence: 1 }, approve: true });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title: 'My owls' }, gates: 1 });
});

test('a human edit is verified, approved and acted on in the place of the draft', async () => {
  const { start, gate, rows } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await handle.signal('revise', { by: 'ada', output: { title: 'All owls', confidence: 1 }, approve: true });
  expect(await handle.result()).toMatchObject({
    outcome: 'accepted',
    attempts: 1,
    gates: 1,
    output: { title: 'All owls' },
  });
  expect(await rows('select body from outbox')).toEqual([{ body: '{"confidence":1,"title":"All owls"}' }]);
  expect(await rows('select kind, source, output from lessons order by id')).toEqual([
    { kind: 'example', source: 'edit', output: '{"confidence":1,"title":"All owls"}' },
    { kind: 'correction', source: 'edit', output: '{"confidence":1,"title":"All owls"}' },
  ]);
  expect(await rows('select decision from decisions order by at')).toEqual([
    { decision: 'revise' },
    { decision: 'approve' },
  ]);
});

test('an edit that is not approved with it waits under a new digest, and the old digest is superseded', async () => {
  const { start, gate } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  const first = await gate(handle);
  await handle.signal('revise', { by: 'ada', output: { title: 'All owls', confidence: 1 } });
  const second = await gate(handle, first.gateDigest);
  expect(second).toMatchObject({ gate: 'main#1', gateBecause: 'revised by ada', gateArtefact: { title: 'All owls' } });
  await handle.signal('approve', { by: 'bob', digest: first.gateDigest });
  await handle.signal('approve', { by: 'bob' });
  const refused = await until(
    () => handle.query<Status>('status'),
    (status) => status.refusedCount === 2,
  );
  expect(refused.refused).toMatch(/^approve: bare: .*\napprove: edited: sha256:.* was superseded/);
  await handle.signal('approve', { by: 'bob', digest: second.gateDigest });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title: 'All owls' } });
});

test('feedback makes one more attempt, which does not count against the limit', async () => {
  const {
    start,
    gate,
    model: fake,
  } = await rig({
    loops: [{ loop: titleLoop(), harness: `${always}\nlimits: { attempts: 1 }` }],
    script: [good('owls'), { json: { title: 'owls, short', confidence: 1 } }],
  });
  const handle = await start('writeTitle', owls);
  const first = await gate(handle);
  await handle.signal('revise', { by: 'ada', feedback: 'make it shorter' });
  const second = await gate(handle, first.gateDigest);
  expect(second).toMatchObject({ attempt: 2, attemptsLeft: 0, gateArtefact: { title: 'owls, short' } });
  expect(fake.seen[1]?.input).toContain('A person asks for this change:\nmake it shorter');
  await handle.signal('approve', { by: 'ada', digest: second.gateDigest });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', attempts: 2, gates: 1 });
});

test('feedback stays with the next attempt where the first one fails', async () => {
  const {
    start,
    gate,
    model: fake,
  } = await rig({
    loops: [{ loop: titleLoop(), harness: always }],
    script: [good('owls'), bad(), { json: { title: 'owls!', confidence: 1 } }],
  });
  const handle = await start('writeTitle', owls);
  const first = await gate(handle);
  await handle.signal('revise', { by: 'ada', feedback: 'make it shorter' });
  const second = await gate(handle, first.gateDigest);
  expect(second.attempt).toBe(3);
  expect(fake.seen[2]?.input).toContain('A person asks for this change:\nmake it shorter');
  await handle.signal('reject', { by: 'ada', note: 'no', digest: second.gateDigest });
  expect(await handle.result()).toMatchObject({ outcome: 'rejected' });
});

test('an attempt that comes to nothing opens the gate again on the version before', async () => {
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: `${always}\nlimits: { attempts: 1 }` }],
    script: [good('owls'), bad(), { status: 401 }],
  });
  const handle = await start('writeTitle', owls);
  const first = await gate(handle);
  for (const [count, words] of [
    [1, 'exhausted: 1 of 1 attempts used'],
    [2, 'fake-1 answered 401'],
  ] as const) {
    await handle.signal('revise', { by: 'ada', feedback: `shorter ${count}`, digest: first.gateDigest });
    const again = await until(
      () => handle.query<Status>('status'),
      (status) => status.gate !== undefined && status.refusedCount === count,
    );
    expect(again.gateDigest).toBe(first.gateDigest);
    expect(again.gateBecause).toContain(words);
  }
  await handle.signal('approve', { by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title: 'About owls' }, gates: 1 });
});

test('a judge is paid for whatever its author calls it', async () => {
  const verify = [names, judge('generate', { short: 'The title is short.' })];
  const named = titleLoop('named', { stages: { main: { generate: model(), verify } } });
  const yes = { json: { criteria: [{ name: 'short', pass: true, quote: 'About owls' }] } };
  const { run, rows, model: fake } = await rig({ loops: [{ loop: named }], script: [good('owls'), yes] });
  expect(await run('named', owls)).toMatchObject({ outcome: 'accepted', costUsd: 2 * 0.00014 });
  expect(await rows('select call, state from ledger order by call')).toEqual([
    { call: 'generate', state: 'settled' },
    { call: 'judge:generate', state: 'settled' },
  ]);
  expect(fake.billed.calls).toBe(2);
});

test('a human may approve his own edit where a judge could not say', async () => {
  const judged = titleLoop('judged', { stages: { main: { generate: model(), verify: [names, taste] } } });
  const answer = (quote: string) => ({ json: { criteria: [{ name: 'short', pass: true, quote }] } });
  const { start, gate, rows } = await rig({
    loops: [{ loop: judged, harness: always }],
    script: [good('owls'), answer('About owls'), answer('not in it')],
  });
  const handle = await start('judged', owls);
  await gate(handle);
  await handle.signal('revise', { by: 'ada', output: { title: 'All owls', confidence: 1 }, approve: true });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title: 'All owls' } });
  expect(await rows('select body from outbox')).toHaveLength(1);
});
