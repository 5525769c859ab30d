import { expect, test } from 'vitest';
import { bad, good, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

const facts = async (
  store: { facts: { query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> } },
  sql: string,
) => [...(await store.facts.query(sql))];

test('a verified draft is acted on once and accepted', async () => {
  const { run, store } = await rig({ loops: [{ loop: titleLoop() }], script: [good('owls')] });
  const result = await run('writeTitle', { id: '1', topic: 'owls' });
  expect(result).toMatchObject({
    outcome: 'accepted',
    attempts: 1,
    gates: 0,
    lessons: 0,
    harness: 'v1',
    output: { title: 'About owls' },
  });
  expect(result.costUsd).toBeGreaterThan(0);
  expect(await facts(store, 'select topic, key from outbox')).toEqual([
    { topic: 'titles', key: 'writeTitle/1/publish' },
  ]);
});

test('the verdict on an attempt is the feedback for the next', async () => {
  const { run, model } = await rig({ loops: [{ loop: titleLoop() }], script: [bad(), good('owls')] });
  expect(await run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({ outcome: 'accepted', attempts: 2 });
  expect(model.seen[1]?.input).toContain('"Something else" lacks "owls"');
});
