import { expect, test } from 'vitest';
import type { KeptCase } from '../../../contract/case.ts';
import type { Experiment, Grade } from '../../../contract/experiment.ts';
import { drawn } from '../../../core/learning/draw.ts';
import { evalVerdict } from '../../../core/learning/eval-verdict.ts';
import { lot } from '../../../core/learning/lot.ts';
import { reportOf } from '../../../core/learning/report.ts';
import { partsOf, sliceIn } from '../../../core/learning/slices.ts';
import { standingOf } from '../../../core/learning/standing.ts';

const trial: Experiment = {
  id: 'trial',
  loop: 'triage',
  kind: 'trial',
  baseline: 'v1',
  candidate: 'v2',
  change: 'instruction',
  widens: false,
  cluster: 'owls',
  watermark: 10,
  seed: 7,
  budgetMicroUsd: 1_000_000,
  workflowId: 'improve-1',
  state: 'running',
  standing: 'collecting',
  because: '',
  openedAt: 100,
};

const caseOf = (id: string, more: Partial<KeptCase> = {}): KeptCase => ({
  loop: 'triage',
  id,
  input: { id },
  slice: 'guard',
  related: id,
  source: 'edit',
  sealed: true,
  at: 1,
  ...more,
});

const gradeOf = (
  caseId: string,
  seq: number,
  arm: Grade['arm'],
  verdict: Grade['verdict'],
  more: Partial<Grade> = {},
): Grade => ({
  experiment: 'trial',
  arm,
  caseId,
  seq,
  slice: 'target',
  related: caseId,
  verdict,
  asked: false,
  held: false,
  outcome: 'dryRun',
  because: verdict,
  criteria: [{ name: 'schema', verdict: 'pass' }],
  attempts: 1,
  costMicroUsd: 10,
  tookMs: 5,
  at: 1,
  ...more,
});

test('a proposer judges nothing by what it may have seen', () => {
  expect(sliceIn(caseOf('a', { cluster: 'owls' }), trial)).toBe('target');
  expect(sliceIn(caseOf('a', { cluster: 'owls', sealed: false }), trial)).toBeUndefined();
  expect(sliceIn(caseOf('a', { slice: 'pinned', sealed: false }), trial)).toBe('pinned');
  expect(sliceIn(caseOf('a', { cluster: 'foxes' }), trial)).toBe('guard');
  expect(sliceIn(caseOf('a', { at: 99 }), { ...trial, kind: 'watch' })).toBeUndefined();
  expect(sliceIn(caseOf('a', { at: 101, sealed: false }), { ...trial, kind: 'watch' })).toBe('guard');
});

test('a change that is meant for all work is tried on half of it and guarded by the other half, related cases together', () => {
  const { cluster: _, ...forAll } = trial;
  const slices = Array.from({ length: 200 }, (_none, n) => sliceIn(caseOf(`case${n}`, {}), forAll));
  expect(slices.filter((slice) => slice === 'target').length).toBeGreaterThan(70);
  expect(slices.filter((slice) => slice === 'guard').length).toBeGreaterThan(70);
  const family = Array.from({ length: 20 }, (_none, n) =>
    sliceIn(caseOf(`case${n}`, { related: 'one ticket' }), forAll),
  );
  expect(new Set(family).size).toBe(1);
});

test('the order of cases is drawn by the seed alone, and who comes later moves nobody else', () => {
  const some = Array.from({ length: 30 }, (_, n) => ({ id: `case${n}` }));
  const order = drawn(some, 7).map(({ id }) => id);
  expect(drawn(some.toReversed(), 7).map(({ id }) => id)).toEqual(order);
  expect(drawn(some, 8).map(({ id }) => id)).not.toEqual(order);
  const more = drawn([...some, { id: 'late' }], 7).map(({ id }) => id);
  expect(more.filter((id) => id !== 'late')).toEqual(order);
});

test('a trial that has run what it may at most is inconclusive, and goes on with cases that have come since', () => {
  const cases = Array.from({ length: 60 }, (_, n) => caseOf(`old${n}`, { cluster: 'owls' }));
  // Somewhat more fixes than breaks: no proof, and not futile.
  const fixed = (n: number): boolean => n % 10 === 0;
  const broken = (n: number): boolean => n % 30 === 15;
  const grades = cases.flatMap(({ id }, n) => [
    gradeOf(id, n + 1, 'baseline', fixed(n) ? 'fail' : 'pass'),
    gradeOf(id, n + 1, 'candidate', broken(n) ? 'fail' : 'pass'),
  ]);
  expect(standingOf(trial, partsOf(trial, cases), grades)).toMatchObject({ standing: 'inconclusive', closed: false });
  const late = [...cases, caseOf('late', { cluster: 'owls', at: 101 })];
  expect(standingOf(trial, partsOf(trial, late), grades)).toMatchObject({ standing: 'collecting', need: 'target' });
});

test('the verdict of an eval: an empty or partial result is no pass, and no share passes that is not proven', () => {
  const all = (right: number, of: number): Grade[] =>
    Array.from({ length: of }, (_, n) => gradeOf(`c${n}`, n, 'candidate', n < right ? 'pass' : 'fail'));
  expect(evalVerdict([], 0, 0).verdict).toBe('inconclusive');
  expect(evalVerdict(all(50, 50), 60, 0.8).verdict).toBe('inconclusive');
  expect(evalVerdict(all(50, 50), 50, 0.8).verdict).toBe('pass');
  expect(evalVerdict(all(5, 5), 5, 0.8).verdict).toBe('inconclusive');
  expect(evalVerdict(all(20, 50), 50, 0.8).verdict).toBe('fail');
  const [first, ...rest] = all(49, 50).toReversed();
  if (first === undefined) throw new Error('no grade');
  expect(evalVerdict([{ ...first, slice: 'pinned' }, ...rest], 50, 0.8)).toMatchObject({
    verdict: 'fail',
    because: expect.stringContaining('pinned case c49'),
  });
  const unknown = { ...first, slice: 'pinned', verdict: 'error' } as const;
  expect(evalVerdict([unknown, ...rest], 50, 0.5).verdict).toBe('inconclusive');
});

test('a report shows every break first', () => {
  const report = reportOf(trial, [
    gradeOf('a', 1, 'baseline', 'fail'),
    gradeOf('a', 1, 'candidate', 'pass'),
    gradeOf('b', 2, 'baseline', 'pass'),
    gradeOf('b', 2, 'candidate', 'fail', { asked: true, costMicroUsd: 30 }),
    gradeOf('c', 3, 'baseline', 'pass'),
    gradeOf('c', 3, 'candidate', 'pass'),
  ]);
  expect(report.shown.map(({ caseId, change }) => [caseId, change])).toEqual([
    ['b', 'break'],
    ['a', 'fix'],
  ]);
  expect(report.against).toMatchObject({ fixes: 1, breaks: 1 });
  expect(report.arms.map(({ harness, passed, costMicroUsd }) => [harness, passed.hits, costMicroUsd])).toEqual([
    ['v1', 2, 30],
    ['v2', 2, 50],
  ]);
  expect(report.criteria.map(({ name, met }) => [name, met.hits])).toEqual([
    ['schema', 3],
    ['schema', 3],
  ]);
});

test('a lot is even for names that differ in a digit only', () => {
  const drawnLots = Array.from({ length: 1000 }, (_, n) => lot(`fox${n}`));
  for (const below of [0.1, 0.5, 0.9])
    expect(Math.abs(drawnLots.filter((one) => one < below).length / 1000 - below)).toBeLessThan(0.04);
});
