import { expect, test } from 'vitest';
import { OUTCOMES, type Outcome, type RunResult } from '../../contract/outcomes.ts';
import { endingOf } from '../../core/endings.ts';
import { exitOf } from '../../core/run-exit.ts';

const completed = (outcome: Outcome, reason = '') =>
  exitOf({ kind: 'completed', result: { outcome, reason } as RunResult });

const CODES: Readonly<Record<Outcome, number>> = {
  accepted: 0,
  noWork: 0,
  dryRun: 0,
  rejected: 1,
  expired: 1,
  blocked: 1,
  stopped: 1,
  overBudget: 6,
  exhausted: 7,
  stalled: 7,
};

test.each(OUTCOMES)('%s has an exit code', (outcome) => {
  expect(completed(outcome)).toBe(CODES[outcome]);
});

test('a run that ran out of time was not refused by a verifier', () => {
  expect(completed('exhausted', endingOf('Deadline', 'x').reason)).toBe(1);
  expect(completed('exhausted', 'The deadline of 7200 s of work is reached (7201 s worked).')).toBe(1);
});

test.each([
  ['UnknownLoop', 3],
  ['InvalidInput', 2],
  ['UnknownPrice', 1],
  ['Unexpected', 1],
])('a run that failed with %s ends a command with %i', (type, code) => {
  expect(exitOf({ kind: 'failed', type, message: '' })).toBe(code);
});

test('a run that was ended from outside is a failure', () => {
  expect(exitOf({ kind: 'ended', how: 'terminated' })).toBe(1);
});
