import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../contract/verdict.ts';
import { stopSign, triedOf, type Tried } from '../../core/stops.ts';
import { notWorthIt } from '../../core/worth.ts';

/** An attempt that failed these criteria; what was seen is another thing every time unless said otherwise. */
let count = 0;
const tried = (failed: string, change: Partial<Tried> = {}): Tried => {
  const names = failed.split('').toSorted();
  count += 1;
  return {
    artefact: `sha256:${count}`,
    characters: 1000 + count,
    failed: names,
    blockers: names.map((name) => `${name}: seen ${String.fromCodePoint(0x4e00 + count)}`),
    ...change,
  };
};
const trail = (...failed: string[]) => failed.map((one) => tried(one));
const same = { artefact: 'sha256:same' };
const rule = (attempts: readonly Tried[]) => stopSign(attempts)?.rule;

describe('a stage gets nowhere', () => {
  test('where the same answer comes again', () => {
    expect(rule([tried('a', same), tried('a', same)])).toBe('repeat');
  });

  test('where an answer of the same length fails in the same way', () => {
    const alike = { characters: 400, blockers: ['a: the tests fail'] };
    expect(rule([tried('a', alike), tried('a', alike)])).toBe('repeat');
    // A short answer has the length of another by chance, and another obstacle is another answer.
    expect(rule([tried('a', { ...alike, characters: 20 }), tried('a', { ...alike, characters: 20 })])).toBeUndefined();
    expect(rule([tried('a', alike), tried('a', { ...alike, blockers: ['a: another test fails'] })])).toBeUndefined();
    // An older worker does not say how long it was.
    expect(
      rule([tried('a', { ...alike, characters: undefined }), tried('a', { ...alike, characters: undefined })]),
    ).toBe(undefined);
  });

  test('where an earlier answer comes again, or what fails comes round twice', () => {
    expect(rule([tried('a', same), tried('b'), tried('a', same)])).toBe('oscillation');
    expect(rule(trail('ab', 'cd', 'ab', 'cd'))).toBe('oscillation');
    expect(rule(trail('ab', 'cd', 'ef', 'ab', 'cd', 'ef'))).toBe('oscillation');
    expect(rule(trail('ab', 'cd', 'ab'))).toBeUndefined();
  });

  test('where the best has not become better in three attempts', () => {
    expect(rule(trail('ab', 'cd', 'ef'))).toBeUndefined();
    expect(rule(trail('ab', 'cd', 'ef', 'gh'))).toBe('plateau');
  });

  test('where two attempts running fail all that an earlier one failed, and more', () => {
    expect(rule(trail('a', 'ab', 'ac'))).toBe('regressing');
    expect(rule(trail('a', 'ab'))).toBeUndefined();
    expect(rule(trail('a', 'ab', 'c'))).toBeUndefined();
  });

  test('where the same obstacle stands three times, wherever it is and however long it took', () => {
    const seen = (evidence: string): Verdict => {
      return { verdict: 'fail', criteria: [{ name: 'a', verdict: 'fail', evidence }] };
    };
    const look = (evidence: string, index: number) => triedOf(`sha256:look${index}`, 1000 + index, seen(evidence));
    const wall = [
      'fails at main.ts:3:7 after 12 ms',
      'fails at  main.ts:9:1 after 8 ms',
      'fails at main.ts:4:4 after 9 ms',
    ];
    expect(rule(wall.map(look))).toBe('blocker');
    expect(rule(wall.slice(1).map(look))).toBeUndefined();
    // A count that falls is progress, though it is the same criterion.
    expect(rule(['9 of 12 tests fail', '4 of 12 tests fail', '1 of 12 tests fail'].map(look))).toBeUndefined();
    const sign = stopSign([1, 2, 3].map((at) => tried('ab', { blockers: [`a: line fails`, `b: ${'x'.repeat(at)}`] })));
    expect(sign).toEqual({ rule: 'blocker', because: 'the same obstacle three times: a: line fails' });
  });

  test('where a miss of the schema was repaired once, in vain', () => {
    expect(rule([tried('', { failed: ['schema'] }), tried('', { failed: ['schema'] })])).toBe('schema');
    expect(rule([tried('', { failed: ['schema'] }), tried('a'), tried('', { failed: ['schema'] })])).toBeUndefined();
  });
});

test('one attempt proves nothing', () => {
  expect(stopSign([])).toBeUndefined();
  expect(stopSign(trail('a'))).toBeUndefined();
});

const names = fc.uniqueArray(fc.constantFrom(...'abcdefgh'.split('')), { minLength: 1, maxLength: 8 });

test('attempts that fail fewer criteria every time are never stopped', () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 8 }), (first, steps) => {
      const all = Array.from({ length: Math.min(steps, first.length) }, (_, step) => tried(first.slice(step).join('')));
      expect(stopSign(all)).toBeUndefined();
    }),
  );
});

test('an attempt better than all before it is never stopped for what was before', () => {
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 10 }), (before) => {
      const all = before.map((failed) => tried(`${failed.join('')}yz`));
      expect(stopSign([...all, tried('q')])).toBeUndefined();
    }),
  );
});

test('what criteria are called does not matter', () => {
  fc.assert(
    fc.property(fc.array(names, { minLength: 2, maxLength: 8 }), (all) => {
      const attempts = all.map((failed) => tried(failed.join('')));
      const renamed = attempts.map((one) => ({
        ...one,
        failed: one.failed.map((name) => `check ${name}`),
        blockers: one.blockers.map((name) => `check ${name}`),
      }));
      expect(rule(renamed)).toBe(rule(attempts));
    }),
  );
});

describe('the price of the next attempt', () => {
  const history = {
    odds: [
      { tried: 98, passed: 59 },
      { tried: 38, passed: 3 },
    ],
    attemptMicroUsd: 1000,
  };

  test('is what it costs over its chance, by the history of the loop', () => {
    expect(notWorthIt(history, 2, 10_000, 0)).toBeUndefined();
    expect(notWorthIt(history, 2, 9999, 0)).toBe(
      'attempt 2 costs about $0.001 and passes in 10 of 100 cases (3 of 38 so far), so a result would cost $0.01 and is worth $0.009999',
    );
  });

  test('is even odds where there is no history, and what this run has paid where that is more', () => {
    expect(notWorthIt({ odds: [], attemptMicroUsd: 0 }, 2, 4000, 2000)).toBeUndefined();
    expect(notWorthIt({ odds: [], attemptMicroUsd: 0 }, 2, 3999, 2000)).toContain('50 of 100 cases (0 of 0 so far)');
  });
});
