import { expect, test } from 'vitest';
import { ok, skipped, type Finding } from '../../../worker/doctor/check.ts';
import { jsonOf, linesOf, summaryOf } from '../../../worker/doctor/report.ts';

const plain = { width: 6, colour: false };
const next = { fix: 'loopwright doctor --fix', ready: 'loopwright runs' };
const mend = async (): Promise<string> => 'done';

function summary(...all: readonly Finding[]): string {
  const checks = all.map((finding, index) => ({ name: `check ${index + 1}`, finding }));
  return summaryOf({ ok: false, checks }, next);
}

test('what was seen begins in one column, and a fix stands below it', () => {
  const lines = [
    ...linesOf({ name: 'Node', finding: ok('v24.18.0') }, plain),
    ...linesOf({ name: 'price', finding: { kind: 'fail', saw: 'none', fix: 'add:\nprices:\n  a: 1' } }, plain),
    ...linesOf({ name: 'lamp', finding: ok('lit'), did: 'lit the lamp' }, plain),
  ];
  expect(lines).toEqual([
    'ok       Node    v24.18.0',
    'fail     price   none',
    '                 fix: add:',
    '                      prices:',
    '                        a: 1',
    'ok       lamp    lit',
    '                 --fix: lit the lamp',
  ]);
});

test('colours only the first word, and only where it is told to', () => {
  const [line] = linesOf({ name: 'Node', finding: ok('v24') }, { width: 4, colour: true });
  expect(line).toBe('\u001B[32mok     \u001B[39m  Node  v24');
});

test('the summary names the command of the first failure, before that of any warning', () => {
  const warning: Finding = { kind: 'warn', saw: '', fix: '', command: 'start it' };
  const failure: Finding = { kind: 'fail', saw: '', fix: '', command: 'repair it' };
  expect(summary(ok(''), warning, failure, skipped(''))).toBe('1 ok, 1 warning, 1 failure, 1 skipped. Next: repair it');
});

test('the summary says to mend a failure for which there is no command', () => {
  expect(summary({ kind: 'fail', saw: '', fix: 'by hand' })).toBe(
    '0 ok, 1 failure. Next: mend check 1, whose fix is above; then run doctor again',
  );
});

test('the summary names --fix for what it can mend, but not where it was just given', () => {
  const mendable: Finding = { kind: 'warn', saw: '', fix: '', mend };
  expect(summary(mendable)).toBe('0 ok, 1 warning. Next: loopwright doctor --fix');
  const checks = [{ name: 'lamp', finding: mendable }];
  expect(summaryOf({ ok: true, checks }, { ready: next.ready })).toBe('0 ok, 1 warning. Next: loopwright runs');
});

test('warnings that have no command do not hide that everything is ready', () => {
  expect(summary(ok(''), { kind: 'warn', saw: '', fix: 'some day' })).toBe('1 ok, 1 warning. Next: loopwright runs');
});

test('JSON has the fix of what is wrong, and whether --fix mends it', () => {
  expect(jsonOf({ name: 'lamp', finding: { kind: 'warn', saw: 'dark', fix: 'light it', mend }, did: 'tried' })).toEqual(
    {
      name: 'lamp',
      kind: 'warn',
      saw: 'dark',
      fix: 'light it',
      fixable: true,
      did: 'tried',
    },
  );
  expect(jsonOf({ name: 'Node', finding: ok('v24') })).toEqual({ name: 'Node', kind: 'ok', saw: 'v24' });
});
