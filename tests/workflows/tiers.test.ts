import { expect, test } from 'vitest';
import { model } from '../../loops/define/index.ts';
import type { Input, Output } from '../support/loops.ts';
import { good, names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

/** A loop whose titles are a closed set, so that the embedded learner can answer too. */
const loop = titleLoop('writeTitle', {
  stages: {
    main: {
      generate: model<Input, Output>({
        decision: {
          labels: ['About owls', 'About cats'],
          text: ({ topic }) => topic,
          label: ({ title }) => title,
          complete: ({ label, confidence }) => ({ title: label, confidence }),
        },
      }),
      verify: [names],
    },
  },
});

const learner = (confidence: number) => ({
  model: 'local-test',
  answer: async () => ({ label: 'About owls', confidence }),
});

const tiers = 'routing: [{ model: local, atLeast: 0.9 }, { model: default }]';

test('work that the free first tier is sure of costs nothing', async () => {
  const { run, rows, model: server } = await rig({ loops: [{ loop, harness: tiers }], learner: learner(0.95) });
  expect(await run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({ outcome: 'accepted', costUsd: 0 });
  expect(server.seen).toEqual([]);
  expect(await rows('select author, passed_over from attempts')).toEqual([
    { author: 'model:local-test', passed_over: null },
  ]);
});

test('work that it is not sure of goes to the model in the same attempt, and the record has both', async () => {
  const { run, rows } = await rig({ loops: [{ loop, harness: tiers }], learner: learner(0.5), script: [good('owls')] });
  expect(await run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({ outcome: 'accepted', attempts: 1 });
  expect(await rows('select author, passed_over from attempts')).toEqual([
    { author: 'model:fake-1', passed_over: '[{"route":"local","confidence":0.5,"atLeast":0.9}]' },
  ]);
});

test('a stage that the learner cannot answer passes it by', async () => {
  const { run } = await rig({ loops: [{ loop: titleLoop(), harness: tiers }], script: [good('owls')] });
  expect(await run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({ outcome: 'accepted', attempts: 1 });
});

test('at a cap the next cheaper model that routing names is asked, and the next after it', async () => {
  const prices = {
    'fake-1': { inputUsdPerMillion: 50, outputUsdPerMillion: 50 },
    'fake-2': { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
    'fake-judge': { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
  };
  const harness =
    'routing: [{ when: "attempt > 9", model: strong }, { model: default }]\nlimits: { tokens: 100, usd: 0.01, onCap: degrade }';
  const { run, model: server } = await rig({ loops: [{ loop: titleLoop(), harness }], prices, script: [good('owls')] });
  expect(await run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({ outcome: 'accepted' });
  expect(server.seen.map((seen) => seen.model)).toEqual(['fake-2']);
});

test('and where none fits, the run ends overBudget', async () => {
  const harness =
    'routing: [{ when: "attempt > 9", model: strong }, { model: default }]\nlimits: { usd: 0.0001, onCap: degrade }';
  const { run, model: server } = await rig({ loops: [{ loop: titleLoop(), harness }] });
  expect(await run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({ outcome: 'overBudget' });
  expect(server.seen).toEqual([]);
});
