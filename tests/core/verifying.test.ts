import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreed, inBothOrders, type Vote, type Win } from '../../core/agreement.ts';
import { nextTry, VERIFIER_PATIENCE } from '../../core/patience.ts';
import { overall } from '../../core/stage.ts';
import { stopSign, triedOf } from '../../core/stops.ts';
import { inTurn, type Turn } from '../../core/verifying.ts';

const verdict = fc.constantFrom('pass', 'fail', 'inconclusive' as const);
const winner = fc.constantFrom('artefact', 'baseline', 'nobody' as const);
const win = (who: Win['winner']): Win => ({ winner: who, evidence: '"words"' });
const vote = (who: string, found: Vote['verdict']): Vote => ({ who, verdict: found, evidence: `"${who} quotes"` });

test('verifiers take turns from cheap and certain to dear, each kind in its author’s order', () => {
  const turn = (kind: Turn['kind'], name: string, opinion = false) => ({ kind, name, opinion });
  const given = [
    turn('human', 'h'),
    turn('judge', 'j1'),
    turn('pairwise', 'w'),
    turn('check', 'doubt', true),
    turn('panel', 'p'),
    turn('check', 'c1'),
    turn('judge', 'j2'),
    turn('check', 'c2'),
  ];
  expect(inTurn(given).map(({ name }) => name)).toEqual(['c1', 'c2', 'doubt', 'j1', 'j2', 'p', 'w', 'h']);
});

describe('a panel', () => {
  test('finds what all of its judges say, and nothing where one of them differs', () => {
    fc.assert(
      fc.property(fc.array(verdict, { minLength: 2, maxLength: 7 }), (said) => {
        const found = agreed(said.map((one, index) => vote(`m${index}`, one)));
        const [first] = said;
        const one = said.every((each) => each === first) && first !== 'inconclusive' ? first : 'inconclusive';
        expect(found.verdict).toBe(one);
        for (const index of said.keys()) expect(found.evidence).toContain(`m${index} says `);
      }),
    );
  });

  test('that disagrees says who said what, with which words', () => {
    expect(agreed([vote('one', 'pass'), vote('two', 'fail')])).toEqual({
      verdict: 'inconclusive',
      evidence: '1 of 2 judges say yes: one says yes: "one quotes"; two says no: "two quotes"',
    });
  });
});

describe('a comparison', () => {
  test('has a winner only where the same one wins in both orders', () => {
    fc.assert(
      fc.property(winner, winner, (first, second) => {
        const expected =
          first !== second ? 'inconclusive' : { artefact: 'pass', baseline: 'fail', nobody: 'inconclusive' }[first];
        const order = first === second ? 'same' : 'other';
        expect(inBothOrders(win(first), win(second))).toMatchObject({ verdict: expected, order });
      }),
    );
  });
});

describe('a verifier that breaks', () => {
  test('is waited for longer each time, at most two minutes at once and half an hour in all', () => {
    const waits: number[] = [];
    for (let failed = 1; ; failed += 1) {
      const next = nextTry(VERIFIER_PATIENCE, failed);
      if (next.kind === 'givenUp') break;
      waits.push(next.afterMs);
    }
    expect(waits.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120].map((seconds) => seconds * 1000));
    expect(waits.length).toBeGreaterThan(10);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(30 * 60_000);
  });

  test('is waited for as long as its provider says, where that is longer and no more than two minutes', () => {
    expect(nextTry(VERIFIER_PATIENCE, 1, 30_000)).toEqual({ kind: 'again', afterMs: 30_000 });
    expect(nextTry(VERIFIER_PATIENCE, 4, 1000)).toEqual({ kind: 'again', afterMs: 8000 });
    expect(nextTry(VERIFIER_PATIENCE, 1, 3_600_000)).toEqual({ kind: 'again', afterMs: 120_000 });
  });
});

test('an attempt that comes further fails less, though each of them fails one criterion', () => {
  const failing = (name: string, ...left: string[]) => {
    const notAsked = left.map((other) => ({ name: other, because: `${name} had failed` }));
    return triedOf('sha256:a', 10, overall([{ name, verdict: 'fail', evidence: 'seen' }], notAsked));
  };
  expect(failing('check', 'taste', 'jury').failed).toEqual(['check', 'jury', 'taste']);
  const trail = [failing('check', 'taste', 'jury'), failing('taste/short', 'jury'), failing('jury/short')];
  expect(stopSign(trail.map((tried, index) => ({ ...tried, artefact: `sha256:${index}` })))).toBeUndefined();
});
