import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JudgeVote } from '../../../core/learning/judge-votes.ts';
import { judgeFigures, standingOf } from '../../../core/learning/judges.ts';
import { whatItTakes } from '../../../core/learning/what-it-takes.ts';

const votes = (count: number, truth: 'good' | 'bad', right: number): JudgeVote[] =>
  Array.from({ length: count }, (_, at) => {
    const letThrough = at < right === (truth === 'good');
    const orders = { changed: 0, of: 0 };
    return { stage: 'main', judge: 'taste', letThrough, truth, even: true, lately: true, orders, at };
  });

function takes(good: readonly [right: number, of: number], bad: readonly [right: number, of: number]) {
  const figures = judgeFigures([...votes(good[1], 'good', good[0]), ...votes(bad[1], 'bad', bad[0])]);
  const place = { loop: 'titles', stage: 'main', judge: 'taste' };
  return whatItTakes({ ...place, ...standingOf(figures), figures });
}

test('labels that are missing are counted', () => {
  expect(takes([0, 0], [0, 0])).toEqual(['50 more of what people took', '50 more of what people did not take']);
  expect(takes([50, 50], [40, 40])).toEqual(['10 more of what people did not take']);
});

test('a rate that is good enough and not sure takes more labels, one that is not takes a better judge', () => {
  expect(takes([46, 50], [50, 50])).toEqual([]);
  expect(takes([45, 50], [50, 50])).toEqual(['18 more of what people took, at the rate that it has']);
  expect(takes([50, 50], [30, 50])[0]).toBe(
    'to have held 88 of the newest 100 that people did not take, where it has 60 %',
  );
});

test('only a gating judge takes nothing more, unless it was demoted for something else', () => {
  const side = fc.nat(100).chain((of) => fc.tuple(fc.nat(of), fc.constant(of)));
  fc.assert(
    fc.property(side, side, (good, bad) => {
      const figures = judgeFigures([...votes(good[1], 'good', good[0]), ...votes(bad[1], 'bad', bad[0])]);
      const { standing } = standingOf({ ...figures, drift: 1 });
      expect(takes(good, bad).length === 0).toBe(standing === 'gating');
    }),
  );
});
