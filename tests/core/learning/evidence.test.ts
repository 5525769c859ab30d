import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eValue, fixesNeeded } from '../../../core/learning/evidence.ts';

const some = fc.integer({ min: 0, max: 400 });
const floors = fc.constantFrom(0.05, 0.5, 0.8, 0.95);

test('is the mean of five bets on fixes at even odds, as DESIGN §8 has it', () => {
  const design = (c: number, b: number): number =>
    [0.6, 0.7, 0.8, 0.9, 0.97].reduce((sum, p) => sum + (2 * p) ** c * (2 * (1 - p)) ** b, 0) / 5;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (c, b) => {
      expect(eValue(c, b) / design(c, b)).toBeCloseTo(1, 9);
    }),
  );
  expect(eValue(0, 0)).toBeCloseTo(1, 12);
});

test('tells people how many fixes it takes', () => {
  expect([0, 1, 2, 3, 4, 5].map((breaks) => fixesNeeded(20, breaks))).toEqual([6, 9, 12, 14, 16, 18]);
  expect([0, 1, 2, 3, 4, 5].map((breaks) => fixesNeeded(10, breaks))).toEqual([5, 8, 11, 13, 15, 17]);
  expect(fixesNeeded(100, 0, 0.95)).toBe(119);
});

test('is expected to stay what it is after one more case, where the floor is the truth, and to fall below it', () => {
  fc.assert(
    fc.property(some, some, floors, fc.double({ min: 0, max: 1, noNaN: true }), (c, b, floor, below) => {
      const now = eValue(c, b, floor);
      const expected = (p: number): number => p * eValue(c + 1, b, floor) + (1 - p) * eValue(c, b + 1, floor);
      fc.pre(now < 1e290);
      expect(expected(floor) / now).toBeCloseTo(1, 9);
      expect(expected(floor * below)).toBeLessThanOrEqual(now * (1 + 1e-9));
    }),
  );
});

test('rises with fixes, falls with breaks, and is a number that JSON carries however many there are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 100_000 }), floors, (c, b, floor) => {
      const now = eValue(c, b, floor);
      expect(Number.isFinite(now)).toBe(true);
      expect(eValue(c + 1, b, floor)).toBeGreaterThanOrEqual(now);
      expect(eValue(c, b + 1, floor)).toBeLessThanOrEqual(now);
    }),
  );
});
