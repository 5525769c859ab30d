import { describe, expect, test } from 'vitest';
import { runCheck } from '../../activities/verifiers/check.ts';
import { runEvals } from '../../activities/verifiers/evals.ts';
import type { HarnessEval } from '../../contract/harness.ts';
import { check, type Evidence, type Finding } from '../../loops/define/index.ts';

const evidence = {
  examples: [],
  watermark: 0,
  earlier: {},
  facts: { query: async () => [] },
  asOf: 0,
} as unknown as Evidence;
const checked = (run: () => Finding | Promise<Finding>, opinion = false) =>
  runCheck(check('length', run, { opinion }), {}, {}, evidence);

describe('a check', () => {
  test('says what it found, and whether it is an opinion', async () => {
    const finding = { verdict: 'fail', evidence: '90 words' } as const;
    expect(await checked(() => finding)).toEqual({ name: 'length', ...finding });
    expect(await checked(async () => finding, true)).toEqual({ name: 'length', opinion: true, ...finding });
  });

  test('that passes without evidence is inconclusive', async () => {
    for (const nothing of ['', '  \n'])
      expect(await checked(() => ({ verdict: 'pass', evidence: nothing }))).toMatchObject({ verdict: 'inconclusive' });
  });

  test('that throws is broken, never passed', async () => {
    const broken = await checked(() => {
      throw new Error('no dictionary');
    });
    expect(broken).toEqual({ name: 'length', verdict: 'error', evidence: 'no dictionary' });
    expect(await checked(() => Promise.reject(new Error('offline')))).toMatchObject({ verdict: 'error' });
  });
});

describe('an eval of the harness', () => {
  test('on a field that is not there proves nothing', () => {
    const typo: HarnessEval = { id: 'typo', kind: 'notContains', field: 'titel', text: 'a' };
    const evidence = 'the output has no field `titel`';
    expect(runEvals([typo], {}, { title: 'aaa' })).toEqual([{ name: 'typo', verdict: 'inconclusive', evidence }]);
    expect(verdictOf({ ...typo, kind: 'matches', pattern: '.*' } as HarnessEval, {})).toEqual(['inconclusive']);
  });

  test('whose pattern would never come to an end over a text is inconclusive within seconds', () => {
    const since = performance.now();
    const [found] = runEvals([{ id: 'evil', kind: 'matches', pattern: '^(a+)+$' }], {}, `${'a'.repeat(60)}!`);
    expect(found).toMatchObject({ verdict: 'inconclusive' });
    expect(found?.evidence).toContain('took longer than 1 s over a text of 61 characters');
    expect(performance.now() - since).toBeLessThan(5000);
  });

  const verdictOf = (item: HarnessEval, output: unknown, input: unknown = {}) =>
    runEvals([item], input, output).map(({ verdict }) => verdict);
  const output = { title: 'About owls', confidence: 0.9 };

  test.each<[string, HarnessEval, string]>([
    ['contains, in a field', { id: 'a', kind: 'contains', field: 'title', text: 'owls' }, 'pass'],
    ['contains, in another field', { id: 'a', kind: 'contains', field: 'confidence', text: 'owls' }, 'fail'],
    ['contains, in a field that is not there', { id: 'a', kind: 'contains', field: 'body', text: 'owls' }, 'fail'],
    ['contains, anywhere', { id: 'a', kind: 'contains', text: '"confidence":0.9' }, 'pass'],
    ['notContains, what is there', { id: 'a', kind: 'notContains', field: 'title', text: 'owls' }, 'fail'],
    ['notContains, what is not', { id: 'a', kind: 'notContains', text: 'bats' }, 'pass'],
    ['matches', { id: 'a', kind: 'matches', field: 'title', pattern: '^About \\p{L}+$' }, 'pass'],
    ['matches not', { id: 'a', kind: 'matches', field: 'title', pattern: '^\\d+$' }, 'fail'],
    ['a rule that holds', { id: 'a', kind: 'cel', rule: 'output.confidence > 0.5' }, 'pass'],
    ['a rule that does not', { id: 'a', kind: 'cel', rule: 'output.confidence > 0.95' }, 'fail'],
    ['a rule that cannot be decided', { id: 'a', kind: 'cel', rule: 'output.price > 1.0' }, 'inconclusive'],
  ])('%s', (_title, item, verdict) => {
    expect(verdictOf(item, output)).toEqual([verdict]);
  });

  test('never throws on an output that is no object', () => {
    for (const odd of [null, 3, 'owls', ['owls']])
      expect(verdictOf({ id: 'a', kind: 'contains', field: 'title', text: 'owls' }, odd)).toEqual(['fail']);
  });

  test('names the eval and what was expected', () => {
    expect(runEvals([{ id: 'no-jargon', kind: 'notContains', text: 'synergy' }], {}, 'synergy!')).toEqual([
      { name: 'no-jargon', verdict: 'fail', evidence: 'expected not to contain "synergy": no' },
    ]);
  });

  test('that is a rubric is left to the judges', () => {
    expect(runEvals([{ id: 'kind', kind: 'rubric', rubric: 'Is it kind?' }], {}, output)).toEqual([]);
  });
});
