import { expect, test } from 'vitest';
import { budgetNote, budgetStep, dayStart, isBudgetNote } from '../../../core/schedules/day-budget.ts';

const NOON = Date.parse('2026-11-27T12:00:00Z');
const note = budgetNote(51_000, 50_000, NOON);

test('the note says what was spent, the cap, and when it goes on', () => {
  expect(note).toBe(
    'Daily budget: its runs have booked $0.051 of $0.05 on 2026-11-27 (UTC). It goes on by itself on 2026-11-28T00:00Z.',
  );
  expect(isBudgetNote(note)).toBe(true);
  expect(isBudgetNote(`${note} Not before I am back. Ada`)).toBe(false);
  expect(isBudgetNote(undefined)).toBe(false);
});

test('a day begins at midnight UTC', () => {
  expect(new Date(dayStart(NOON)).toISOString()).toBe('2026-11-27T00:00:00.000Z');
});

test.each([
  ['under the cap', { paused: false, cap: 50 }, 49, 'nothing'],
  ['at the cap', { paused: false, cap: 50 }, 50, 'pause'],
  ['a cap of nothing', { paused: false, cap: 0 }, 0, 'pause'],
  ['over the cap and paused', { paused: true, note, cap: 50 }, 60, 'nothing'],
  ['a new day', { paused: true, note, cap: 50 }, 0, 'resume'],
  ['a higher cap', { paused: true, note, cap: 100 }, 60, 'resume'],
  ['no cap any more', { paused: true, note }, 60, 'resume'],
  ['paused by a person, on a new day', { paused: true, note: 'Paused by ada', cap: 50 }, 0, 'nothing'],
  ['no cap', { paused: false }, 1e9, 'nothing'],
] as const)('%s', (_name, state, spent, step) => {
  expect(budgetStep(state, spent)).toBe(step);
});
