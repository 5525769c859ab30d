import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JudgeVote } from '../../../core/learning/judge-votes.ts';
import { judgeFigures, standingOf } from '../../../core/learning/judges.ts';

const voteOf = (letThrough: boolean, truth?: 'good' | 'bad', even = true): JudgeVote => {
  return {
    stage: 'main',
    judge: 'tone',
    letThrough,
    ...(truth === undefined ? {} : { truth }),
    even,
    lately: true,
    orders: { changed: 0, of: 0 },
    at: 0,
  };
};

const times = (count: number, ...votes: readonly JudgeVote[]) => Array.from({ length: count }, () => votes).flat();
const right = [voteOf(true, 'good'), voteOf(false, 'bad')];
const standing = (votes: readonly JudgeVote[], before?: 'uncalibrated' | 'gating' | 'advisory') =>
  standingOf(judgeFigures(votes), before).standing;

test('a judge may decide once fifty labels each way show that it is good', () => {
  expect(standing(times(49, ...right))).toBe('uncalibrated');
  expect(standing(times(50, ...right))).toBe('gating');
  expect(judgeFigures(times(50, ...right))).toMatchObject({
    passes: { right: 50, of: 50, low: expect.closeTo(0.929, 3) as unknown },
    fails: { right: 50, of: 50 },
    kappa: 1,
  });
});

test.each([
  ['lets too much through', [...times(45, ...right), ...times(15, voteOf(true, 'bad'), voteOf(true, 'good'))]],
  ['holds too much', [...times(45, ...right), ...times(15, voteOf(false, 'good'), voteOf(false, 'bad'))]],
])('one with enough labels that %s is advisory', (_what, votes) => {
  expect(standing(votes)).toBe('advisory');
});

test('lower bounds count, not rates: 90 % of fifty is not known to be 80 %', () => {
  expect(standing([...times(45, ...right), ...times(5, voteOf(true, 'bad'), voteOf(true, 'good'))])).toBe('advisory');
});

test('one that says yes to everything is demoted by the third artefact that people refuse', () => {
  const passes = times(200, voteOf(true, 'good', false));
  expect(standing([...passes, ...times(2, voteOf(true, 'bad', false))])).toBe('uncalibrated');
  expect(standing([...passes, ...times(3, voteOf(true, 'bad', false))])).toBe('advisory');
});

test('and one that held a lot is not: nobody has said that it was wrong there', () => {
  expect(standing([...times(20, voteOf(false)), ...times(3, voteOf(true, 'bad', false))])).toBe('uncalibrated');
});

test('of long ago only what people decided counts: what the judge held then is not there', () => {
  const old = times(3, { ...voteOf(true, 'bad', false), lately: false });
  expect(standing([...old, ...times(5, voteOf(true))])).toBe('uncalibrated');
});

test('one that says no to what people take is demoted too', () => {
  expect(standing(times(4, voteOf(false, 'good')))).toBe('advisory');
});

test('votes that people saw because of what the judge said count for no rate', () => {
  const votes = times(60, voteOf(true, 'good', false), voteOf(false, 'bad', false));
  expect(judgeFigures(votes)).toMatchObject({ passes: { of: 0 }, fails: { of: 0 } });
  expect(standing(votes)).toBe('uncalibrated');
});

test('one that was demoted stays so until its newest hundred labels each way show better', () => {
  const yes = times(60, voteOf(true, 'bad'), voteOf(true, 'good'));
  expect(standing(yes)).toBe('advisory');
  // Few are left of what demoted it, and that alone is no evidence.
  expect(standing(times(10, ...right), 'advisory')).toBe('advisory');
  expect(standing([...yes, ...times(80, ...right)], 'advisory')).toBe('advisory');
  expect(standing([...yes, ...times(100, ...right)], 'advisory')).toBe('gating');
});

test('one that begins to disagree with people is advisory before its rates say so', () => {
  const good = times(100, ...right);
  const drifting = [...good, ...times(14, ...right), ...times(11, voteOf(true, 'bad'), voteOf(true, 'good'))];
  const figures = judgeFigures(drifting);
  expect(figures.fails.low).toBeGreaterThan(0.8);
  expect(figures.drift).toBeGreaterThan(20);
  expect(standingOf(figures)).toMatchObject({
    standing: 'advisory',
    because: expect.stringMatching(/more often in the last 50/) as unknown,
  });
});

test('κ is nought for a judge that always says the same, and nothing where there is nothing to agree about', () => {
  expect(judgeFigures(times(5, voteOf(true, 'good'), voteOf(true, 'bad'))).kappa).toBe(0);
  expect(judgeFigures([]).kappa).toBeUndefined();
  expect(judgeFigures(times(5, voteOf(true, 'good'))).kappa).toBeUndefined();
});

test('figures are counts that add up, whatever the votes', () => {
  const vote = fc.record({
    letThrough: fc.boolean(),
    truth: fc.constantFrom(undefined, 'good' as const, 'bad' as const),
    even: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(vote, { maxLength: 400 }), (drawn) => {
      const votes = drawn.map(({ letThrough, truth, even }) => voteOf(letThrough, truth, even));
      const { passes, fails, best, kappa = 0, drift } = judgeFigures(votes);
      expect(best.passes.of + best.fails.of).toBe(votes.length);
      for (const { right: hits, of } of [passes, fails, best.passes, best.fails]) expect(hits).toBeLessThanOrEqual(of);
      expect(kappa).toBeGreaterThanOrEqual(-1);
      expect(kappa).toBeLessThanOrEqual(1);
      expect(drift).toBeGreaterThanOrEqual(0);
    }),
  );
});

/** A judge that is right with a probability, looked at after every label. */
function demoted(seed: number, rate: number): boolean {
  let state = seed;
  const drawn = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const votes: JudgeVote[] = [];
  for (let label = 0; label < 90; label += 1) {
    const truth = label % 2 === 0 ? 'good' : 'bad';
    votes.push(voteOf(drawn() < rate === (truth === 'good'), truth));
    if (standing(votes) === 'advisory') return true;
  }
  return false;
}

test('looking after every label demotes a good judge hardly ever, and a bad one soon', () => {
  const of = (rate: number): number =>
    Array.from({ length: 100 }, (_, seed) => demoted(seed * 7919, rate)).filter(Boolean).length;
  expect(of(0.9)).toBeLessThanOrEqual(5);
  expect(of(0.5)).toBeGreaterThanOrEqual(95);
});

const swapped = (count: number, letThrough: boolean) => Array.from({ length: count }, () => ({ letThrough }));
const examined = (votes: readonly JudgeVote[], ...answers: readonly { readonly letThrough: boolean }[]) =>
  standingOf(judgeFigures(votes, answers));

test('a judge that lets what was made for other work through is advisory, however good it was', () => {
  expect(examined([], ...swapped(2, true)).standing).toBe('uncalibrated');
  expect(examined([], ...swapped(3, true)).standing).toBe('advisory');
  expect(examined(times(50, ...right), ...swapped(9, true)).because).toContain('`readsInput: false`');
  expect(examined(times(50, ...right), ...swapped(20, true), ...swapped(20, false)).standing).toBe('advisory');
});

test('and holding it proves nothing: it is no label, and takes no part in any rate', () => {
  const all = swapped(100, false);
  expect(examined([], ...all).standing).toBe('uncalibrated');
  expect(judgeFigures(times(9, ...right), all)).toEqual({
    ...judgeFigures(times(9, ...right)),
    swapped: { held: 100, of: 100 },
  });
  // Enough of them held outweighs a few that slipped through: one slip in five is as good as it takes.
  expect(examined([], ...swapped(3, true), ...swapped(60, false)).standing).toBe('uncalibrated');
});
