import { expect, test } from 'vitest';
import type { Grade } from '../../../contract/experiment.ts';
import { measured } from '../../../core/learning/measure.ts';

const grade = (verdict: Grade['verdict'], held: boolean, outcome: Grade['outcome'] = 'dryRun') => ({
  verdict,
  held,
  outcome,
});

test('what makes answers is measured by right answers that were let through', () => {
  expect(measured(grade('pass', false), 'instruction')).toBe('pass');
  expect(measured(grade('pass', true), 'instruction')).toBe('pass');
  expect(measured(grade('pass', true, 'exhausted'), 'routing')).toBe('fail');
  expect(measured(grade('fail', true), 'example')).toBe('fail');
});

test('what checks answers is measured by whether it holds back what is wrong, and only that', () => {
  for (const kind of ['approval', 'eval'] as const) {
    expect(measured(grade('pass', false), kind)).toBe('pass');
    expect(measured(grade('fail', true), kind)).toBe('pass');
    expect(measured(grade('fail', true, 'exhausted'), kind)).toBe('pass');
    expect(measured(grade('pass', true), kind)).toBe('fail');
    expect(measured(grade('fail', false), kind)).toBe('fail');
  }
});

test('what nobody knows is never a pass', () => {
  for (const kind of ['approval', 'instruction', undefined] as const) {
    expect(measured(grade('error', true), kind)).toBe('error');
    expect(measured(grade('inconclusive', false), kind)).toBe('inconclusive');
  }
});
