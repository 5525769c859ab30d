import { expect, test } from 'vitest';
import { bad, good, titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };
const asking = 'approval: { when: "true" }';

test('work that was done is not done again, under whatever workflow id', async () => {
  const { run, start, rows, model } = await rig({ loops: [{ loop: titleLoop() }], script: [good('owls')] });
  const first = await start('writeTitle', owls, undefined, 'first-id');
  const done = await first.result();
  const again = await run('writeTitle', owls);
  expect(again).toMatchObject({
    outcome: 'noWork',
    reason: 'alreadyDone: first-id did this work',
    duplicateOf: 'first-id',
    output: { title: 'About owls' },
    artefact: (done as { artefact: string }).artefact,
    attempts: 0,
    costUsd: 0,
  });
  const same = await start('writeTitle', owls, undefined, 'first-id');
  expect(await same.result()).toMatchObject({ outcome: 'noWork', duplicateOf: 'first-id' });
  expect(model.seen).toHaveLength(1);
  expect(await rows('select key from outbox')).toHaveLength(1);
  expect(await rows('select outcome, count(*) as n from runs group by outcome order by outcome')).toEqual([
    { outcome: 'accepted', n: 1 },
    { outcome: 'noWork', n: 2 },
  ]);
});

test('work in progress elsewhere is left alone, then is done', async () => {
  const { start, run, gate, model } = await rig({
    loops: [{ loop: titleLoop(), harness: asking }],
    script: [good('owls')],
  });
  const first = await start('writeTitle', owls, undefined, 'holder');
  await gate(first);
  const second = await run('writeTitle', owls);
  expect(second).toMatchObject({
    outcome: 'noWork',
    duplicateOf: 'holder',
    reason: 'inProgress: holder is at this work',
  });
  expect(second).not.toHaveProperty('output');
  await first.signal('approve', { by: 'ada' });
  expect(await first.result()).toMatchObject({ outcome: 'accepted' });
  expect(await run('writeTitle', owls)).toMatchObject({
    reason: 'alreadyDone: holder did this work',
    output: { title: 'About owls' },
  });
  expect(model.seen).toHaveLength(1);
});

test('of ten runs of the same work at once, one does it', async () => {
  const { run, rows, model } = await rig({ loops: [{ loop: titleLoop() }], script: [good('owls')] });
  const results = await Promise.all(Array.from({ length: 10 }, () => run('writeTitle', owls)));
  expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
  expect(results.filter(({ outcome }) => outcome === 'noWork')).toHaveLength(9);
  expect(model.seen).toHaveLength(1);
  expect(await rows('select key from outbox')).toHaveLength(1);
  expect(await rows('select * from runs where closed_at is null')).toEqual([]);
});

test('work that closed otherwise may be tried again', async () => {
  const { run } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { attempts: 1 }' }],
    script: [bad(), good('owls')],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'exhausted' });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted' });
});

test('rerun does work again that was done, effect and all', async () => {
  const { run, rows } = await rig({ loops: [{ loop: titleLoop() }], script: [good('owls'), good('barn owls')] });
  await run('writeTitle', owls);
  const again = await run('writeTitle', { id: '1', topic: 'barn owls' }, { rerun: true });
  expect(again).toMatchObject({ outcome: 'accepted', output: { title: 'About barn owls' } });
  expect(await rows('select key from outbox')).toHaveLength(2);
});

test('the work of a run that was terminated can be taken over', async () => {
  const { start, run, gate, rows } = await rig({
    loops: [{ loop: titleLoop(), harness: asking }],
    script: [good('owls'), good('owls')],
  });
  const first = await start('writeTitle', owls);
  await gate(first);
  await first.terminate('gone');
  const second = await start('writeTitle', owls);
  await gate(second);
  await second.signal('approve', { by: 'ada' });
  expect(await second.result()).toMatchObject({ outcome: 'accepted' });
  expect(await rows(`select outcome, reason from runs where outcome = 'stopped'`)).toMatchObject([
    { outcome: 'stopped' },
  ]);
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'noWork' });
});

test('a dry run takes no work from a real run, and is told of none', async () => {
  const { run, start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: asking }],
    script: [good('owls'), good('owls'), good('owls')],
  });
  const real = await start('writeTitle', owls);
  await gate(real);
  expect(await run('writeTitle', owls, { dryRun: true })).toMatchObject({ outcome: 'dryRun', attempts: 1 });
  await real.signal('approve', { by: 'ada' });
  expect(await real.result()).toMatchObject({ outcome: 'accepted' });
  expect(await run('writeTitle', owls, { dryRun: true })).toMatchObject({ outcome: 'dryRun', attempts: 1 });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'noWork' });
});

test('a dry run in progress leaves the work to a real run', async () => {
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  const { run, start, model } = await rig({
    loops: [{ loop: titleLoop() }],
    script: [{ after: held, answer: good('owls') }, good('owls')],
  });
  const dry = await start('writeTitle', owls, { dryRun: true });
  await until(
    () => Promise.resolve(model.seen.length),
    (calls) => calls === 1,
  );
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted' });
  answer();
  expect(await dry.result()).toMatchObject({ outcome: 'dryRun' });
});

test('an input that names no work is the work of its own run', async () => {
  const unnamed = titleLoop('unnamed', { dedupe: ({ id }) => (id === '' ? undefined : id) });
  const { run, rows } = await rig({ loops: [{ loop: unnamed }], script: [good('owls'), good('owls'), good('owls')] });
  for (const id of ['', '', '1'])
    expect(await run('unnamed', { id, topic: 'owls' })).toMatchObject({ outcome: 'accepted' });
  expect(await run('unnamed', owls)).toMatchObject({ outcome: 'noWork' });
  expect(await rows(`select count(*) as n from work where work_key like 'unnamed/run:%'`)).toEqual([{ n: 2 }]);
});
