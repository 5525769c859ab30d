import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareInterval } from '../../core/interval.ts';

test('says how little a few cases prove', () => {
  expect(shareInterval(0, 0)).toEqual({ low: 0, high: 1 });
  const all = shareInterval(3, 3);
  expect(all.low).toBeCloseTo(0.4385, 3);
  expect(all.high).toBe(1);
  expect(shareInterval(81, 263).low).toBeCloseTo(0.2553, 3);
});

test('holds the share, within 0 and 1, and narrows with more cases', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }), (of, some) => {
      const hits = Math.min(some, of);
      const { low, high } = shareInterval(hits, of);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(hits / of);
      expect(high).toBeGreaterThanOrEqual(hits / of);
      const more = shareInterval(hits * 10, of * 10);
      expect(more.high - more.low).toBeLessThanOrEqual(high - low);
    }),
  );
});
