import { expect, test } from 'vitest';
import { ablationStands, casesFor, leftOut, settledOn, tooFewCases } from '../../../core/learning/ablation.ts';
import type { Pair } from '../../../core/learning/tally.ts';
import type { LessonTrial } from '../../../contract/kept-lesson.ts';
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

const trial = (change: Partial<LessonTrial>): LessonTrial => ({
  experiment: 'ablation-triage-7-1',
  workflowId: 'ablation-triage-7-1',
  lesson: 7,
  harness: 'v1',
  state: 'closed',
  standing: 'inconclusive',
  because: '',
  openedAt: 100,
  budgetMicroUsd: 1,
  ran: 8,
  ...change,
});

test.each<[string, readonly LessonTrial[], string | undefined]>([
  ['that was never tried is not settled', [], undefined],
  ['that showed nothing is not settled', [trial({})], undefined],
  ['that helps is settled', [trial({}), trial({ standing: 'proven' })], 'known to help v1'],
  ['that helped another version is not settled', [trial({ standing: 'proven', harness: 'v2' })], undefined],
  [
    'that did harm on any version is settled, because it is active by a person',
    [trial({ standing: 'refuted', harness: 'v0' }), trial({})],
    'that did harm, active by a person since',
  ],
])('a lesson %s', (_what, trials, why) => {
  expect(settledOn('v1', trials)).toBe(why);
});

const shown = (count: number, at = 50, related?: string) =>
  Array.from({ length: count }, (_, n) => ({ at, related: related ?? `${at}/${n}` }));

test.each<[string, Parameters<typeof tooFewCases>[0], LessonTrial | undefined, boolean]>([
  ['five that have nothing to do with each other may show something', shown(5), undefined, false],
  ['four cannot', shown(4), undefined, true],
  ['many of one ticket cannot', shown(50, 50, 'one ticket'), undefined, true],
  ['those that it was tried on are enough once', shown(20), trial({}), true],
  ['as many new ones as it was tried on are enough again', [...shown(20), ...shown(8, 101)], trial({}), false],
  ['one less is not', [...shown(20), ...shown(7, 101)], trial({}), true],
  ['new ones of one ticket are not', [...shown(20), ...shown(9, 101, 'one ticket')], trial({}), true],
  ['after a try that ran nothing, five new ones are', [...shown(20), ...shown(5, 101)], trial({ ran: 0 }), false],
])('of cases, %s', (_what, cases, last, tooFew) => {
  expect(tooFewCases(cases, last) !== undefined).toBe(tooFew);
});

test('where no case would be shown it, nothing is run and nothing is shown', () => {
  expect(ablationStands([], 0)).toEqual({
    standing: 'inconclusive',
    because: 'no case has a run that would be shown it',
    closed: true,
  });
});
