import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTurns } from '../../../core/learning/questions.ts';

test('whoever ends early has asked about each kind', () => {
  const of = { accepted: ['a1', 'a2', 'a3'], refused: ['r1'], swapped: ['s1', 's2'] };
  expect(inTurns(of, 4)).toEqual(['a1', 'r1', 'a2', 's1']);
  expect(inTurns(of, 99)).toEqual(['a1', 'r1', 'a2', 's1', 'a3', 's2']);
});

test('each is asked once, in its own order, and no more than was allowed', () => {
  const list = (kind: string) => fc.nat(20).map((count) => Array.from({ length: count }, (_, at) => ({ kind, at })));
  const of = fc.record({ accepted: list('accepted'), refused: list('refused'), swapped: list('swapped') });
  fc.assert(
    fc.property(of, fc.nat(70), (lists, most) => {
      const asked = inTurns(lists, most);
      const all = lists.accepted.length + lists.refused.length + lists.swapped.length;
      expect(asked).toHaveLength(Math.min(most, all));
      for (const kind of ['accepted', 'refused', 'swapped'])
        expect(asked.filter((one) => one.kind === kind).map(({ at }) => at)).toEqual(
          Array.from({ length: asked.filter((one) => one.kind === kind).length }, (_, at) => at),
        );
    }),
  );
});
