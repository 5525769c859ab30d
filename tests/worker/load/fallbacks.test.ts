import { expect, test } from 'vitest';
import { Harness } from '../../../contract/harness.ts';
import { check, judge, model, panel, type Verifier } from '../../../loops/define/index.ts';
import { togetherMistakes } from '../../../worker/load/loop-rules.ts';
import type { RouteModels } from '../../../worker/models/config.ts';
import { titleLoop, type Input, type Output } from '../../support/loops.ts';

const models: RouteModels = Object.assign(
  new Map([
    ['local', 'local'],
    ['default', 'm-1'],
    ['judge', 'm-2'],
    ['other', 'm-3'],
    ['spare', 'm-4'],
  ]),
  {
    fallbacks: new Map([
      ['default', 'spare'],
      ['judge', 'spare'],
    ]),
  },
);

function mistakes(verify: readonly Verifier<Input, Output>[]) {
  const loop = titleLoop('writeTitle', { stages: { main: { generate: model(), verify } } });
  const mistake = (field: unknown, rule: string, fix: string) => ({ file: 'loop.ts', field: String(field), rule, fix });
  const harness = Harness.parse({});
  return [...togetherMistakes({ loop, harness, models, workflow: false, inLoop: mistake, inHarness: mistake })];
}

test('a model that stands in for the generator must not stand in for its judge', () => {
  expect(mistakes([judge('taste', { short: 'Is it short?' })])).toEqual([
    {
      file: 'loop.ts',
      field: 'stages.main.verify.0',
      rule: expect.stringMatching(
        /^SelfVerification: judge `taste` may be answered by m-4, which may have made/,
      ) as unknown,
      fix: 'Give the judge and the generator stand-ins that are different models, in loopwright.yaml.',
    },
  ]);
});

test('judges without such a stand-in, panels, whose members are asked in person, and checks are fine', () => {
  const fine = check('fine', () => ({ verdict: 'pass', evidence: 'yes' }));
  expect(mistakes([fine, judge('taste', { short: 'Is it short?' }, { model: 'other' })])).toEqual([]);
  expect(mistakes([panel('both', { short: 'Is it short?' }, { models: ['judge', 'other'] })])).toEqual([]);
});
