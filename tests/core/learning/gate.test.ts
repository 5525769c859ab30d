import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Slice } from '../../../contract/case.ts';
import { rulesOf, weigh, weighWatch } from '../../../core/learning/gate.ts';
import type { GradeVerdict, Pair } from '../../../core/learning/tally.ts';

const RULES = rulesOf('instruction', false);

/** Pairs of a slice, a letter each: F fixed, B broken, `.` passed by both, x failed by both, ? no result, c none of the candidate's. */
const LETTERS: Readonly<Record<string, readonly [GradeVerdict, GradeVerdict]>> = {
  F: ['fail', 'pass'],
  B: ['pass', 'fail'],
  '.': ['pass', 'pass'],
  x: ['fail', 'fail'],
  '?': ['error', 'inconclusive'],
  c: ['pass', 'error'],
};
const PLACES = { pinned: 0, target: 1000, guard: 2000 };
const pairs = (slice: Slice, letters: string, from = 0): Pair[] =>
  letters.split('').map((letter, at) => {
    const [baseline, candidate] = LETTERS[letter] ?? ['error', 'error'];
    const caseId = `${slice}-${from + at}`;
    return { caseId, seq: PLACES[slice] + from + at, slice, related: caseId, baseline, candidate };
  });
const there = { pinned: 0, target: 60, guard: 400 };
const standing = (all: readonly Pair[], available: Readonly<Record<Slice, number>> = there) => {
  const { standing: is, need } = weigh(all, RULES, available);
  return need === undefined ? is : `${is} ${need}`;
};
const PROVEN = pairs('target', 'FFFFFF');
const GUARD = pairs('guard', '.'.repeat(400));

describe('a trial', () => {
  test('runs pinned cases first, and one break refutes', () => {
    expect(standing([], { ...there, pinned: 2 })).toBe('collecting pinned');
    expect(standing(pairs('pinned', '.x'), { ...there, pinned: 2 })).toBe('collecting target');
    const broken = weigh(pairs('pinned', '.B'), RULES, { ...there, pinned: 3 });
    expect(broken).toMatchObject({ standing: 'refuted', breaks: ['pinned-1'] });
    expect(broken.because).toBe('Breaks what must never break: pinned-1.');
    expect(standing([...pairs('pinned', '.?'), ...PROVEN, ...GUARD], { ...there, pinned: 2 })).toBe('inconclusive');
  });

  test('goes over target cases until it is proven, hopeless, or out of cases', () => {
    expect(standing(pairs('target', 'FFFFF'))).toBe('collecting target');
    expect(standing(PROVEN)).toBe('collecting guard');
    // What comes after the crossing takes nothing back.
    expect(standing(pairs('target', `FFFFFF${'B'.repeat(20)}`))).toBe('collecting guard');
    expect(standing(pairs('target', `FB${'x'.repeat(17)}`))).toBe('collecting target');
    expect(standing(pairs('target', `FB${'x'.repeat(18)}`))).toBe('refuted');
    expect(standing(pairs('target', `FFFBB${'x'.repeat(34)}`))).toBe('collecting target');
    expect(standing(pairs('target', `FFFBB${'x'.repeat(35)}`))).toBe('refuted');
    expect(standing(pairs('target', `FFFF${'x'.repeat(56)}`))).toBe('inconclusive');
    expect(weigh(pairs('target', 'FFF'), RULES, { ...there, target: 3 }).because).toBe(
      'Not proven: 3 fixes, 0 breaks in 3 target cases (E 4.3, 20 proves it); 3 more fixes would do.',
    );
  });

  test('is refuted by harm on guard cases at any time, and by a loss that stays', () => {
    expect(standing([...PROVEN, ...pairs('guard', 'BBB')])).toBe('collecting guard');
    expect(standing([...PROVEN, ...pairs('guard', 'BBBB')])).toBe('refuted');
    expect(standing([...PROVEN, ...GUARD])).toBe('proven');
    const loss = (breaks: number, cases: number) => {
      const flips = `${'FB'.repeat(20)}${'B'.repeat(breaks)}`;
      return [...PROVEN, ...pairs('guard', flips.padEnd(cases, '.'))];
    };
    expect(standing(loss(4, 400))).toBe('proven');
    // A loss may be chance: as many cases again are run, where there are any.
    const more = { ...there, guard: 800 };
    expect(standing(loss(5, 400))).toBe('inconclusive');
    expect(standing(loss(5, 400), more)).toBe('collecting guard');
    expect(standing(loss(5, 500), more)).toBe('proven');
    expect(standing(loss(9, 800), more)).toBe('refuted');
  });

  test('proves nothing by what is empty, partial, few, missing or uneven', () => {
    expect(standing([], { pinned: 0, target: 0, guard: 0 })).toBe('inconclusive');
    expect(standing(GUARD, { pinned: 0, target: 0, guard: 400 })).toBe('inconclusive');
    expect(standing([...PROVEN, ...GUARD.slice(1)])).toBe('collecting guard');
    expect(standing([...PROVEN, ...GUARD.slice(0, 29)], { ...there, guard: 29 })).toBe('inconclusive');
    expect(standing([...PROVEN, ...GUARD.slice(0, 30)], { ...there, guard: 30 })).toBe('proven');
    // One of seven is missing: more cases are run until it is one of twenty.
    expect(standing(pairs('target', 'FFF?FFF'))).toBe('collecting target');
    expect(standing(pairs('target', `FFF?FFF${'x'.repeat(13)}`))).toBe('collecting guard');
    expect(standing([...PROVEN, ...pairs('guard', `${'?'.repeat(21)}${'.'.repeat(379)}`)])).toBe('inconclusive');
    expect(standing([...PROVEN, ...pairs('guard', `${'?'.repeat(20)}${'.'.repeat(380)}`)])).toBe('proven');
    expect(standing([...PROVEN, ...pairs('guard', `${'c'.repeat(4)}${'.'.repeat(396)}`)])).toBe('inconclusive');
  });

  test('gives related cases one vote, that of the first that differs', () => {
    const family = (letters: string) => pairs('target', letters).map((pair) => ({ ...pair, related: 'one ticket' }));
    expect(weigh(family('xFFBFFFF'), RULES, there).slices.target).toMatchObject({ n: 1, fixes: 1, breaks: 0, ran: 8 });
    expect(weigh(family('.BFFFFFF'), RULES, there)).toMatchObject({
      slices: { target: { fixes: 0, breaks: 1 } },
      breaks: ['target-1'],
    });
  });

  test('asks more of what may do more, and of what is let through unasked that it is right', () => {
    expect(rulesOf('example', false).threshold).toBe(10);
    expect(rulesOf('tool', false)).toMatchObject({ threshold: 40, floor: 0.5 });
    expect(rulesOf('tool', true)).toMatchObject({ threshold: 100, floor: 0.5 });
    const rules = rulesOf('approval', true);
    const many = { pinned: 0, target: 600, guard: 400 };
    // Nine of ten right is far better than even, and not good enough.
    expect(weigh(pairs('target', 'FFFFFFFFFB'.repeat(20)), rules, many).standing).toBe('refuted');
    expect(weigh(pairs('target', 'F'.repeat(118)), rules, many).need).toBe('target');
    expect(weigh(pairs('target', 'F'.repeat(119)), rules, many).need).toBe('guard');
    // Where a team says that .8 is enough, nine of ten are.
    const own = rulesOf('approval', true, 0.8);
    expect(weigh(pairs('target', 'FFFFFFFFFB'.repeat(20)), own, many).need).toBe('guard');
    expect(rulesOf('approval', false, 0.8).floor).toBe(0.5);
    expect(rulesOf('eval', true, 0.8).floor).toBe(0.95);
  });
});

const letters = fc.string({ unit: fc.constantFrom('F', 'F', 'B', '.', 'x', '?', 'c'), maxLength: 80 });
const trial = fc
  .record({
    pinned: fc.string({ unit: fc.constantFrom('F', '.', 'x'), maxLength: 3 }),
    target: letters,
    guard: letters,
  })
  .map(({ pinned, target, guard }) => [
    ...pairs('pinned', pinned),
    ...pairs('target', `FFFFF${target}`),
    ...pairs('guard', guard),
  ]);
const available = { pinned: 3, target: 60, guard: 60 };

test('is the same however its pairs are handed over', () => {
  fc.assert(
    fc.property(trial, fc.infiniteStream(fc.nat()), (all, keys) => {
      const shuffled = all
        .map((pair) => ({ pair, key: keys.next().value }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ pair }) => pair);
      expect(weigh(shuffled, RULES, available)).toEqual(weigh(all, RULES, available));
    }),
  );
});

test('counts the same whichever order is drawn', () => {
  fc.assert(
    fc.property(letters, fc.infiniteStream(fc.nat()), (all, keys) => {
      const drawn = pairs('guard', all).map((pair) => ({ ...pair, seq: keys.next().value }));
      const { most: _, ...tally } = weigh(pairs('guard', all), RULES, available).slices.guard;
      expect(weigh(drawn, RULES, available).slices.guard).toMatchObject(tally);
    }),
  );
});

test('never takes back what it found, whatever comes after', () => {
  fc.assert(
    fc.property(trial, (all) => {
      let settled: string | undefined;
      for (let ran = 0; ran <= all.length; ran += 1) {
        const { standing: now } = weigh(all.slice(0, ran), RULES, available);
        if (settled !== undefined) expect(now).toBe(settled);
        if (now === 'proven' || now === 'refuted') settled = now;
      }
    }),
  );
});

test('is proven by enough evidence only, on cases that were run', () => {
  fc.assert(
    fc.property(trial, (all) => {
      const { standing: is, slices } = weigh(all, RULES, available);
      if (is !== 'proven') return;
      expect(slices.target.most).toBeGreaterThanOrEqual(20);
      expect(slices.guard.n).toBeGreaterThanOrEqual(30);
      expect(slices.guard.harm).toBeLessThan(5);
      expect(slices.pinned).toMatchObject({ breaks: 0, missing: 0, ran: 3 });
    }),
  );
});

test('a watch takes back what does harm, and lets be what does none', () => {
  expect(weighWatch([]).standing).toBe('collecting');
  expect(weighWatch(pairs('guard', 'BBBBB')).standing).toBe('collecting');
  const taken = weighWatch(pairs('guard', '.BBBBBB'));
  expect(taken.because).toBe('Does harm: 0 fixes, 6 breaks in 7 cases (E 22.9 for harm, 20 is too much).');
  expect(weighWatch(pairs('guard', `BBBBBB${'F'.repeat(50)}`)).standing).toBe('refuted');
  expect(weighWatch(GUARD.slice(1)).standing).toBe('collecting');
  expect(weighWatch([...GUARD, ...pairs('guard', 'BBBBBBB', 400)]).standing).toBe('proven');
  expect(weighWatch(pairs('guard', '?'.repeat(400))).standing).toBe('inconclusive');
  expect(weighWatch(pairs('guard', `${'c'.repeat(25)}${'.'.repeat(375)}`)).standing).toBe('inconclusive');
});
