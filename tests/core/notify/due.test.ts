import fc from 'fast-check';
import { expect, test } from 'vitest';
import { APPROVAL_STATES, type Approval } from '../../../contract/approvals.ts';
import { alertSubject, clearedNotice, raisedNotice } from '../../../core/notify/alert-notices.ts';
import { approvalSubject, nextDue, noticesDue, subjectOf, type Due } from '../../../core/notify/due.ts';
import { approvalOf, HOUR, POLICY } from './approvals.ts';

const said = (due: readonly Due[]): string[] =>
  due.map(({ event, n, dueAt }) => `${event}${n ?? ''} at ${dueAt / HOUR} h`);

test('people are told at once, each time the reminder is due, when more may decide, and an hour before the end', () => {
  const approval = approvalOf();
  const told: string[] = [];
  let before: number | undefined;
  for (let at: number | undefined = 0; at !== undefined; at = nextDue(approval, at)) {
    told.push(...said(noticesDue(approval, before, at)));
    before = at;
  }
  const reminders = Array.from({ length: 17 }, (_, index) => `reminder${index + 1} at ${4 * (index + 1)} h`);
  expect(told.filter((one) => one.startsWith('reminder'))).toEqual(reminders);
  expect(told.filter((one) => !one.startsWith('reminder'))).toEqual([
    'opened at 0 h',
    'escalated1 at 24 h',
    'expiring at 71 h',
  ]);
});

test('whoever was away hears of the last reminder only, and of nothing once the time is over', () => {
  const approval = approvalOf();
  expect(said(noticesDue(approval, HOUR, 23 * HOUR))).toEqual(['reminder5 at 20 h']);
  expect(said(noticesDue(approval, undefined, 25 * HOUR))).toEqual([
    'opened at 0 h',
    'reminder6 at 24 h',
    'escalated1 at 24 h',
  ]);
  expect(noticesDue(approval, 72 * HOUR, 90 * HOUR)).toEqual([]);
  expect(nextDue(approval, 72 * HOUR)).toBeUndefined();
});

test('a short gate says that its time is nearly over when a tenth of it is left', () => {
  const approval = approvalOf({ policy: { ...POLICY, expiresAfterMs: 60_000, escalateTo: [] } });
  expect(noticesDue(approval, 1, 60_000).map(({ event, dueAt }) => [event, dueAt])).toEqual([['expiring', 54_000]]);
});

test('a gate of an older program is told of, and its end', () => {
  const { policy: _policy, expiresAt: _end, ...old } = approvalOf();
  expect(said(noticesDue(old, undefined, HOUR))).toEqual(['opened at 0 h']);
  expect(nextDue(old, HOUR)).toBeUndefined();
  expect(said(noticesDue({ ...old, state: 'approved', decidedAt: 2 * HOUR }, HOUR, 3 * HOUR))).toEqual([
    'decided at 2 h',
  ]);
});

test.each([
  ['approved', 'decided'],
  ['edited', 'decided'],
  ['rejected', 'decided'],
  ['answered', 'decided'],
  ['expired', 'expired'],
  ['cancelled', 'withdrawn'],
  ['superseded', 'withdrawn'],
] as const)('an approval that is %s is told of as %s, whenever it was settled', (state, event) => {
  const due = noticesDue(approvalOf({ state, decidedAt: 5 }), HOUR, 2 * HOUR);
  expect(due).toMatchObject([{ event, dueAt: 5, ifTold: event !== 'expired' }]);
});

test('subjects are read as they are written, and one that comes again is another', () => {
  expect(subjectOf(approvalSubject(approvalOf({ openedAt: 7 })))).toEqual({
    kind: 'approval',
    about: 'sha256:d1',
    since: 7,
  });
  const alert = { key: 'late:a@b:c', raisedAt: 9 };
  expect(subjectOf(alertSubject(alert))).toEqual({ kind: 'alert', about: 'late:a@b:c', since: 9 });
  expect(subjectOf('nothing')).toBeUndefined();
  expect(raisedNotice(alert).id).not.toBe(raisedNotice({ ...alert, raisedAt: 10 }).id);
  expect(clearedNotice(alert, 11).id).not.toBe(raisedNotice(alert).id);
});

/** Gates of any policy, looked at at any times, settled at some moment or never. */
const lives = fc.record({
  remindAfterMs: fc.integer({ min: 1, max: 500 }),
  expiresAfterMs: fc.integer({ min: 1, max: 2000 }),
  steps: fc.array(fc.integer({ min: 0, max: 2500 }), { maxLength: 4 }),
  openedAt: fc.integer({ min: 0, max: 50 }),
  looks: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }),
  settled: fc.option(
    fc.record({
      look: fc.nat(30),
      state: fc.constantFrom(...APPROVAL_STATES.filter((state) => state !== 'open' && state !== 'claimed')),
    }),
  ),
});

test('no notice is ever due twice, none is missed, and none is due before the time that was said', () => {
  fc.assert(
    fc.property(lives, ({ remindAfterMs, expiresAfterMs, steps, openedAt, looks, settled }) => {
      const escalateTo = steps.map((afterMs) => ({ afterMs, approvers: ['x'] }));
      const policy = { ...POLICY, remindAfterMs, expiresAfterMs, escalateTo };
      const open = approvalOf({ policy, openedAt, expiresAt: openedAt + expiresAfterMs });
      const told: Due[] = [];
      let before: number | undefined;
      let next: number | undefined;
      let at = openedAt;
      for (const [index, later] of looks.entries()) {
        at += later;
        const over = settled !== null && index >= settled.look;
        const now: Approval = over ? { ...open, state: settled.state, decidedAt: at } : open;
        const due = noticesDue(now, before, at);
        if (before !== undefined && !over && (next === undefined || at < next)) expect(due).toEqual([]);
        told.push(...due);
        if (over) break;
        before = at;
        next = nextDue(now, at);
      }
      const ids = told.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(told.every(({ dueAt }) => dueAt <= at)).toBe(true);
      const events = told.map(({ event }) => event);
      // What comes once has come, as far as somebody looked while it was open.
      const seen = before ?? -1;
      expect(events.filter((event) => event === 'escalated')).toHaveLength(
        before === undefined ? 0 : steps.filter((ms) => ms < expiresAfterMs && openedAt + ms <= seen).length,
      );
      expect(events.includes('opened')).toBe(before !== undefined);
    }),
    { numRuns: 500 },
  );
});
