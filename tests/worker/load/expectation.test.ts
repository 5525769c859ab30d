import { expect, test } from 'vitest';
import { got } from '../../../worker/load/expectation.ts';

test('what a file says is quoted as JSON, short, and never obeyed by a terminal', () => {
  expect([got(0), got('soon'), got(undefined), got(null)]).toEqual(['0', '"soon"', 'nothing', 'nothing']);
  expect(got('evil\u009b2J\u202e\u001b[31m')).toBe(String.raw`"evil\u001b[31m"`);
  expect(got('x'.repeat(200))).toHaveLength(81);
});
