import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawLessons, weightOf, type Tryable } from '../../../core/learning/lesson-draw.ts';

const tryable = fc.record({ id: fc.nat(1e6), uses: fc.nat(1000), corrected: fc.nat(1000), tries: fc.nat(20) });
const lessons = fc.uniqueArray(tryable, { selector: ({ id }) => id, maxLength: 30 });

const plain = (id: number, change: Partial<Tryable> = {}): Tryable => ({
  id,
  uses: 0,
  corrected: 0,
  tries: 0,
  ...change,
});

/** How often each came first, over many seeds. */
function firsts(of: readonly Tryable[], seeds: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let seed = 0; seed < seeds; seed += 1) {
    const id = drawLessons(of, `triage/2026-11-27/${seed}/v1`)[0]?.id ?? 0;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

test('every lesson has one place, the same whatever order they are given in', () => {
  fc.assert(
    fc.property(lessons, fc.string(), (of, seed) => {
      const order = drawLessons(of, seed);
      expect(order.toSorted((a, b) => a.id - b.id)).toEqual(of.toSorted((a, b) => a.id - b.id));
      expect(drawLessons(of.toReversed(), seed)).toEqual(order);
    }),
  );
});

test('a lesson that goes leaves the others in their order', () => {
  fc.assert(
    fc.property(lessons, fc.string(), fc.nat(), (of, seed, which) => {
      const gone = of[which % Math.max(1, of.length)];
      const order = drawLessons(of, seed).filter((one) => one !== gone);
      expect(
        drawLessons(
          of.filter((one) => one !== gone),
          seed,
        ),
      ).toEqual(order);
    }),
  );
});

test('each weighs more the more it was shown and corrected, less the more it was tried, and never nothing', () => {
  fc.assert(
    fc.property(tryable, (one) => {
      const weight = weightOf(one);
      expect(weight).toBeGreaterThan(0);
      expect(weightOf({ ...one, tries: 0 })).toBeLessThanOrEqual(31);
      expect(weightOf({ ...one, uses: one.uses + 1 })).toBeGreaterThan(weight);
      expect(weightOf({ ...one, corrected: one.corrected + 1 })).toBeGreaterThan(weight);
      expect(weightOf({ ...one, tries: one.tries + 1 })).toBeLessThan(weight);
    }),
  );
});

test('lessons that nothing tells apart come first equally often', () => {
  const counts = firsts(
    Array.from({ length: 10 }, (_, at) => plain(at + 1)),
    5000,
  );
  // 500 each: six standard deviations are 127.
  for (let id = 1; id <= 10; id += 1) expect(Math.abs((counts.get(id) ?? 0) - 500)).toBeLessThan(127);
});

test('a lesson comes first with the share that its weight has of all', () => {
  const of = [plain(1), plain(2, { uses: 7 }), plain(3, { uses: 7, corrected: 3 }), plain(4, { uses: 7, tries: 3 })];
  const all = of.reduce((sum, one) => sum + weightOf(one), 0);
  const counts = firsts(of, 8000);
  for (const one of of) {
    const share = weightOf(one) / all;
    const deviation = Math.sqrt(8000 * share * (1 - share));
    expect(Math.abs((counts.get(one.id) ?? 0) - 8000 * share)).toBeLessThan(5 * deviation);
  }
});
