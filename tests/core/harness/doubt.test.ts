import { expect, test } from 'vitest';
import type { HarnessMove } from '../../../contract/harness-move.ts';
import { promotionDoubt } from '../../../core/harness/doubt.ts';
import { evidenceWords, moveTable } from '../../../core/harness/tables.ts';

const MOVE: HarnessMove = {
  id: 1,
  loop: 'a',
  to: 'v2',
  kind: 'promotion',
  by: 'ada',
  reason: 'why',
  unproven: false,
  at: 0,
};

test('doubt is the sum of 1/E over promotions; one without evidence is wholly in doubt', () => {
  expect(promotionDoubt([])).toBe(0);
  const evidence = [20, 40, 0.5, undefined];
  const promotions = evidence.map((e) => ({ ...MOVE, ...(e === undefined ? {} : { e }) }));
  const others = [
    { ...MOVE, kind: 'file' },
    { ...MOVE, kind: 'rollback' },
  ] as const;
  expect(promotionDoubt([...promotions, ...others])).toBeCloseTo(1 / 20 + 1 / 40 + 2);
});

test('evidence is said in few digits, and a promotion without proof is marked', () => {
  expect(evidenceWords({ e: 31.456, unproven: false })).toBe('31.5');
  expect(evidenceWords({ e: 123_456, unproven: false })).toBe('1.2e+5');
  expect(evidenceWords({ e: 2, unproven: true })).toBe('2 unproven');
  expect(evidenceWords({ unproven: false })).toBe('');
});

test('nothing that a reason says is obeyed by a terminal', () => {
  expect(moveTable([{ ...MOVE, from: 'v1', reason: 'red\u001b[31m\nline' }])).toMatch(
    /v1 {4}v2 {2}promotion .*ada {2}red line$/,
  );
});
