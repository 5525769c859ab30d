import { expect, test } from 'vitest';
import { ablationStands, casesFor, leftOut } from '../../../core/learning/ablation.ts';
import type { Pair } from '../../../core/learning/tally.ts';
import { caseOf } from '../../store/samples.ts';

const pair = (n: number, baseline: Pair['baseline'], candidate: Pair['candidate'], related = `g${n}`): Pair => {
  return { caseId: `c${n}`, seq: n, slice: 'guard', related, baseline, candidate };
};

const many = (count: number, baseline: Pair['baseline'], candidate: Pair['candidate'], related?: string): Pair[] =>
  Array.from({ length: count }, (_, n) => pair(n, baseline, candidate, related));

test.each<[string, readonly Pair[], string, boolean]>([
  ['without it more pass, five times over', many(5, 'fail', 'pass'), 'refuted', true],
  ['without it fewer pass', many(5, 'pass', 'fail'), 'proven', true],
  ['cases that belong together say it once', many(20, 'fail', 'pass', 'one ticket'), 'inconclusive', true],
  ['nothing differs', many(20, 'pass', 'pass'), 'inconclusive', true],
  ['there are more cases to run', many(4, 'fail', 'pass'), 'collecting', false],
  ['nothing has run', [], 'collecting', false],
])('a lesson: %s', (_what, pairs, standing, closed) => {
  expect(ablationStands(pairs, 20)).toMatchObject({ standing, closed });
});

test('what was shown once stays shown', () => {
  const pairs = [...many(5, 'fail', 'pass'), ...[5, 6, 7, 8, 9].map((n) => pair(n, 'pass', 'fail'))];
  expect(ablationStands(pairs, 20).standing).toBe('refuted');
});

test('it is tried on cases that could know it, the nearest first', () => {
  const cases = [
    caseOf('own', { input: { text: 'my card is lost' }, lesson: 7 }),
    caseOf('far', { input: { text: 'how do I send money abroad' }, lesson: 9 }),
    caseOf('near', { input: { text: 'my new card is lost' }, lesson: 8 }),
    caseOf('file', { input: { text: 'card' } }),
  ];
  const chosen = casesFor({ id: 7, input: { text: 'my card is lost' } }, cases);
  expect(chosen.map(({ id }) => id)).toEqual(['near', 'file', 'far']);
});

test('an experiment says which lesson it leaves out, an ablation only', () => {
  expect(leftOut({ kind: 'ablation', cluster: 'lesson:7' })).toBe(7);
  expect(leftOut({ kind: 'trial', cluster: 'lesson:7' })).toBeUndefined();
});
