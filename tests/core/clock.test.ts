import fc from 'fast-check';
import { expect, test } from 'vitest';
import { park, resume, startClock, worked } from '../../core/clock.ts';

test('time spent parked is never worked, however often the run parks', () => {
  const spans = fc.array(fc.record({ kind: fc.constantFrom('work', 'parked'), ms: fc.nat({ max: 10_000_000 }) }));
  fc.assert(
    fc.property(fc.nat({ max: 2_000_000_000 }), spans, (start, all) => {
      let now = start;
      let expected = 0;
      let clock = startClock(now);
      for (const { kind, ms } of all) {
        clock = kind === 'work' ? resume(clock, now) : park(clock, now);
        now += ms;
        expected += kind === 'work' ? ms : 0;
        expect(worked(clock, now)).toBe(expected);
      }
    }),
  );
});

test('parking or resuming twice changes nothing', () => {
  const parked = park(startClock(0), 100);
  expect(park(parked, 500)).toEqual(parked);
  const running = resume(parked, 600);
  expect(resume(running, 900)).toEqual(running);
});

test('a clock that is set back takes no work away', () => {
  expect(worked({ workedMs: 50, runningSince: 1000 }, 900)).toBe(50);
});
