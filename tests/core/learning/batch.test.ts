import fc from 'fast-check';
import { expect, test } from 'vitest';
import { casesAtOnce } from '../../../core/learning/batch.ts';

const usd = fc.integer({ min: 1, max: 5_000_000 });

test('each run may spend what its harness lets it, as long as the money is there for one case', () => {
  fc.assert(
    fc.property(usd, fc.constantFrom(1, 2), usd, (left, arms, run) => {
      const cases = casesAtOnce(left, arms, run);
      expect(cases).toBeGreaterThanOrEqual(1);
      expect(cases).toBeLessThanOrEqual(8);
      if (left >= arms * run) expect(Math.floor(left / (cases * arms))).toBeGreaterThanOrEqual(run);
    }),
  );
});

test.each([
  [2_000_000, 2, 50_000, 8],
  [790_000, 2, 50_000, 7],
  [90_000, 2, 50_000, 1],
  [0, 2, 50_000, 8],
  [0, 2, 0, 8],
  [1_000_000, 1, 0, 8],
])('of %i micro-USD, %i arms of %i each: %i cases', (left, arms, run, cases) => {
  expect(casesAtOnce(left, arms, run)).toBe(cases);
});
