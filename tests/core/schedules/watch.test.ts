import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScheduleLook } from '../../../contract/schedules.ts';
import { lateText, shortestGap, unseen, watched, type SeenSchedule } from '../../../core/schedules/watch.ts';

const GRACE = 60_000;
const T = 1_000_000_000;

const calm: SeenSchedule = {
  id: 'nightly',
  project: 'default',
  times: '0 9 * * *',
  paused: false,
  next: T,
  running: [],
  buffered: 0,
  missed: 0,
  skipped: 0,
  alertAfterMs: GRACE,
};

const ran = (at: number, failed = false) => ({
  last: { scheduledAt: at, takenAt: at + 200, workflowId: 'nightly-1', failed },
});
const before = watched(undefined, calm, T - 1000).look;
const later: SeenSchedule = { ...calm, next: T + 3_600_000 };

test('what is expected is the next time, as it was seen before it came', () => {
  expect(before).toMatchObject({ expected: T, lookedAt: T - 1000 });
  expect(watched(before, later, T + GRACE - 1)).toMatchObject({ look: { expected: T } });
  expect(watched(before, later, T + GRACE - 1).late).toBeUndefined();
});

test('it is late once its grace is over, and until an action is taken', () => {
  const late = watched(before, later, T + GRACE);
  expect(late).toMatchObject({ look: { expected: T }, late: { since: T, because: 'Temporal started nothing' } });
  expect(watched(late.look, { ...later, ...ran(T - 5000) }, T + 2 * GRACE).late).toMatchObject({ since: T });
  const again = watched(late.look, { ...later, ...ran(T + 2 * GRACE) }, T + 3 * GRACE);
  expect(again.late).toBeUndefined();
  expect(again.look.expected).toBe(later.next);
});

test.each([
  [{ missed: 1 }, 'Temporal was away for longer than its catch-up window'],
  [{ skipped: 2, running: ['nightly-0'] }, 'its run nightly-0 is still open'],
  [{ buffered: 1, running: ['nightly-0'] }, 'its run nightly-0 is still open'],
  [{ running: ['nightly-0'] }, 'Temporal started nothing'],
])('it says why: %j', (change, because) => {
  expect(watched(before, { ...later, ...change }, T + GRACE).late).toEqual({ since: T, because });
});

test('a run that failed at its start is none, and is told at once', () => {
  const failed = watched(before, { ...later, ...ran(T, true) }, T + 1000);
  expect(failed.late).toEqual({ since: T, because: 'its run nightly-1 failed' });
  expect(watched(failed.look, { ...later, ...ran(T + 5000) }, T + 6000).late).toBeUndefined();
  // Also where it failed after it was seen to run, because a worker was missing then.
  const running = watched(before, { ...later, ...ran(T) }, T + 1000);
  expect(running.late).toBeUndefined();
  expect(watched(running.look, { ...later, ...ran(T, true) }, T + 2000).late).toMatchObject({ since: T });
  expect(watched(running.look, { ...later, ...ran(T, true), paused: true }, T + 2000).late).toBeUndefined();
});

test('a paused one is never late, and is expected anew when it goes on', () => {
  const paused = watched(before, { ...later, paused: true }, T + GRACE);
  expect(paused).toEqual({ look: expect.objectContaining({ pausedAt: T + GRACE }) as ScheduleLook });
  expect(watched(paused.look, { ...later, paused: true }, T + 9 * GRACE).look.pausedAt).toBe(T + GRACE);
  const resumed = watched(paused.look, { ...later, next: T + 20 * GRACE }, T + 10 * GRACE);
  expect(resumed.late).toBeUndefined();
  expect(resumed.look).toMatchObject({ expected: T + 20 * GRACE });
  expect(resumed.look).not.toHaveProperty('pausedAt');
});

test('other times are expected from now on', () => {
  const changed = watched(before, { ...later, times: '0 10 * * *' }, T + 9 * GRACE);
  expect(changed.late).toBeUndefined();
  expect(changed.look.expected).toBe(later.next);
});

test('one that cannot be seen is late by what was expected', () => {
  expect(unseen(before, 'Temporal does not answer', T + GRACE - 1)).toBeUndefined();
  expect(unseen(before, 'Temporal does not answer', T + GRACE)).toEqual({
    since: T,
    because: 'Temporal does not answer',
  });
  const { expected: _expected, ...paused } = before;
  expect(unseen(paused, 'Temporal does not answer', T * 2)).toBeUndefined();
});

test('the words name it, when it should have run, why not, and what to do', () => {
  expect(lateText('nightly', { since: T, because: 'Temporal started nothing' })).toBe(
    'Schedule nightly is LATE: it should have run at 1970-01-12 13:46:40Z and did not: Temporal started nothing. Look: loopwright schedule list; start it now: loopwright schedule trigger nightly',
  );
});

test('with every tick answered in time nothing is ever late; with one left out it is, whenever anybody looks', () => {
  const looks = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(looks, fc.option(fc.integer({ min: 2, max: 8 }), { nil: undefined }), (gaps, stopsAt) => {
      const every = 20_000;
      let [now, look] = [0, undefined as ScheduleLook | undefined];
      let lateAt: number | undefined;
      for (const gap of gaps) {
        now += gap;
        const tick = Math.floor(now / every);
        const taken = stopsAt === undefined ? tick : Math.min(tick, stopsAt);
        const seen = { ...calm, next: (tick + 1) * every, ...(taken === 0 ? {} : ran(taken * every)) };
        const step = watched(look, seen, now);
        look = step.look;
        if (step.late !== undefined) lateAt ??= step.late.since;
      }
      if (stopsAt === undefined) expect(lateAt).toBeUndefined();
      // The first look may come after it stopped; from its second on it knows what to expect.
      else if (now > (stopsAt + 3) * every + GRACE + 100_000) expect(lateAt).toBeGreaterThan(stopsAt * every);
    }),
  );
});

test('the shortest gap of times to come', () => {
  expect(shortestGap([0, 100, 150, 400])).toBe(50);
  expect(shortestGap([7])).toBeUndefined();
});
