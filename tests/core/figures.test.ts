import { expect, test } from 'vitest';
import { dollars, moment, span } from '../../core/figures.ts';

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [3249, '3.2 s'],
  [59_949, '59.9 s'],
  [59_999, '1 min'],
  [250_000, '4 min 10 s'],
  [7_500_000, '2 h 5 min'],
  [86_400_000 * 2 + 3_600_000 * 3 + 60_000, '2 d 3 h'],
])('%i ms is %s', (ms, text) => {
  expect(span(ms)).toBe(text);
});

test.each([
  [0, '$0.00'],
  [1, '$0.000001'],
  [1200, '$0.0012'],
  [50_000, '$0.05'],
  [1_500_000, '$1.50'],
])('%i micro-USD is %s', (microUsd, text) => {
  expect(dollars(microUsd)).toBe(text);
});

test('a time is read in UTC', () => {
  expect(moment(Date.UTC(2026, 10, 26, 20, 11, 41, 900))).toBe('2026-11-26 20:11:41Z');
});
