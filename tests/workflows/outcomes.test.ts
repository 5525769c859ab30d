import { expect, test } from 'vitest';
import { bad, doubts, good, names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';
import { model } from '../../loops/define/index.ts';

const owls = { id: '1', topic: 'owls' };

test('a run that used up its attempts is exhausted, and says which attempt was best', async () => {
  const { run, rows } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { attempts: 2 }' }],
    script: [bad('One'), bad('Two')],
  });
  const result = await run('writeTitle', owls);
  expect(result).toMatchObject({ outcome: 'exhausted', attempts: 2, lessons: 1 });
  expect(result.reason).toContain('2 of 2 attempts used, the last failed: names-the-topic: "Two" lacks "owls"');
  expect(result).not.toHaveProperty('output');
  expect(await rows(`select artefact from attempts where attempt = 1`)).toEqual([{ artefact: result.best }]);
  expect(await rows('select kind, source, output from lessons')).toEqual([
    { kind: 'exhausted', source: 'outcome', output: null },
  ]);
});

test('the same artefact again, and again in another way, is a stall', async () => {
  const { run, rows } = await rig({ loops: [{ loop: titleLoop() }], script: [bad('Same'), bad('Same'), bad('Same')] });
  const result = await run('writeTitle', owls);
  expect(result).toMatchObject({ outcome: 'stalled', attempts: 3, lessons: 1 });
  expect(result.best).toMatch(/^sha256:/);
  expect(await rows('select kind from lessons')).toEqual([{ kind: 'stalled' }]);
});

test('an answer that breaks the schema is a failed attempt with feedback, not a failure', async () => {
  const { run, model: fake } = await rig({
    loops: [{ loop: titleLoop() }],
    script: [{ text: 'no JSON at all' }, { json: { title: 7 } }, good('owls')],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted', attempts: 3 });
  expect(fake.seen[1]?.input).toContain('schema: is no JSON');
  expect(fake.seen[2]?.input).toContain('expected string, received number');
});

test('a dry run does everything but the effect, and says what a human would have been asked', async () => {
  const { run, rows } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "output.confidence < 0.9" }' }],
    script: [good('owls', 0.5), good('owls', 0.5)],
  });
  const result = await run('writeTitle', owls, { dryRun: true });
  expect(result).toMatchObject({ outcome: 'dryRun', gates: 0, output: { title: 'About owls' } });
  expect(result.reason).toContain('A human would have been asked: approval rule: output.confidence < 0.9');
  expect(result.wouldHave).toEqual({ effects: ['publish'], asked: 'approval rule: output.confidence < 0.9' });
  expect(await rows('select * from outbox')).toEqual([]);
  // It did not do the work, so the work can still be done.
  expect(await run('writeTitle', owls, { dryRun: true })).toMatchObject({ outcome: 'dryRun' });
});

test('a dry run says when verifiers left it to a human', async () => {
  const { run } = await rig({
    loops: [{ loop: titleLoop('doubted', { stages: { main: { generate: model(), verify: [doubts] } } }) }],
    script: [bad('Something else')],
  });
  const result = await run('doubted', owls, { dryRun: true });
  expect(result.outcome).toBe('dryRun');
  expect(result.reason).toContain('A human would have been asked: doubts');
});

test('a call that could pass the budget of the run is not made', async () => {
  const {
    run,
    model: fake,
    rows,
  } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { usd: 0.0001 }' }],
  });
  const result = await run('writeTitle', owls);
  expect(result).toMatchObject({ outcome: 'overBudget', costUsd: 0, attempts: 0 });
  expect(result.reason).toContain('limits.usd');
  expect(fake.seen).toEqual([]);
  expect(await rows('select * from ledger')).toEqual([]);
});

test('options lower the budget and never raise it', async () => {
  const { run } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { usd: 0.0001 }' }, { loop: titleLoop('other') }],
  });
  expect(await run('writeTitle', owls, { budgetUsd: 100 })).toMatchObject({ outcome: 'overBudget' });
  expect(await run('other', owls, { budgetUsd: 0 })).toMatchObject({ outcome: 'overBudget' });
});

test('the budget of the day stops every run of the loop, and the next run too', async () => {
  const { run } = await rig({
    // A call is reserved at about 40 000 and costs 140 micro-USD: the second reservation no longer fits.
    loops: [{ loop: titleLoop(), harness: 'limits: { usdPerDay: 0.0425 }' }],
    script: [{ ...good('owls'), usage: { input: 2000, output: 1000 } }],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted', costUsd: 0.004 });
  const next = await run('writeTitle', { id: '2', topic: 'owls' });
  expect(next).toMatchObject({ outcome: 'overBudget' });
  expect(next.reason).toContain('budget loop:writeTitle:');
});

test('what was spent before the budget ran out is kept, and so is the best', async () => {
  const { run } = await rig({
    loops: [{ loop: titleLoop() }],
    script: [{ ...bad(), usage: { input: 8000, output: 4000 } }],
  });
  const result = await run('writeTitle', owls);
  expect(result).toMatchObject({ outcome: 'overBudget', attempts: 1, costUsd: 0.016 });
  expect(result.best).toMatch(/^sha256:/);
});

test('the deadline counts work and ends the run as exhausted', async () => {
  const slow = { after: new Promise((resolve) => setTimeout(resolve, 3000)), answer: bad('Late') };
  const { run } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { deadline: 1 second }' }],
    script: () => slow,
  });
  const result = await run('writeTitle', owls);
  expect(result.reason).toContain('deadline');
  expect(result.outcome).toBe('exhausted');
});

test('a check that names no evidence proves nothing, so a human is asked', async () => {
  const silent = { ...names, name: 'silent', run: () => ({ verdict: 'pass' as const, evidence: ' ' }) };
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop('quiet', { stages: { main: { generate: model(), verify: [silent] } } }) }],
    script: [good('owls')],
  });
  const handle = await start('quiet', owls);
  expect((await gate(handle)).gateBecause).toBe('silent: the check named no evidence');
  await handle.signal('reject', { by: 'ada', note: 'no' });
  expect(await handle.result()).toMatchObject({ outcome: 'rejected', gates: 1 });
});
