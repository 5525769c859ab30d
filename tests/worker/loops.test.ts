import { expect, test } from 'vitest';
import { judge, type Loop } from '../../loops/define/index.ts';
import { parseHarness } from '../../worker/load/harness.ts';
import { ownMistakes } from '../../worker/own-loops/own-loops.ts';
import { names, titleLoop } from '../support/loops.ts';

const MODELS = new Map([
  ['default', 'maker'],
  ['judge', 'maker'],
]);

const entry = (loop: Loop, harness?: string) => ({
  loop,
  harness: parseHarness(harness, 'harness.yaml'),
  folder: 'own',
});

test('a loop of the project whose judge is its generator is named at the judge', async () => {
  const verify = [names, judge('taste', { short: 'Is it short?' })];
  const loop = titleLoop('t', { stages: { main: { generate: { kind: 'model' }, verify } } });
  expect(await ownMistakes(entry(loop), MODELS)).toMatchObject([
    {
      file: 'own/loop.ts',
      field: 'stages.main.verify.1',
      rule: 'SelfVerification: judge `taste` of stage `main` is model:maker, which makes the output',
    },
  ]);
});

test('a rubric of the project that no judge reads is named, whatever routes there are', async () => {
  const main = { generate: { kind: 'model' as const }, verify: [names] };
  const harness = 'evals: [{ id: kind, kind: rubric, rubric: Is it kind? }]';
  expect(await ownMistakes(entry(titleLoop('t', { stages: { main } }), harness), undefined)).toMatchObject([
    { file: 'own/harness.yaml', field: 'evals.0', rule: 'a rubric, but no stage has a judge() to read it' },
  ]);
});
