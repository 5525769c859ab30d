import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cronText, parseCron, type Calendar } from '../../../core/schedules/cron.ts';

test.each([
  ['0 9 * * MON-FRI', '0 9 * * 1-5'],
  ['0 9 * * 1,2,3,4,5', '0 9 * * 1-5'],
  ['*/5 * * * *', '*/5 * * * *'],
  ['0,5,10,15,20,25,30,35,40,45,50,55 0-23 * * *', '*/5 * * * *'],
  ['0 0 * * 7', '0 0 * * 0'],
  ['0 0 * * 5-7', '0 0 * * 0,5-6'],
  ['1/20 * 1 JAN *', '1-59/20 * 1 1 *'],
  ['@Daily', '0 0 * * *'],
  ['  30   2 * *  sun ', '30 2 * * 0'],
])('%s is %s', (written, text) => {
  expect(cronText(parseCron(written) as Calendar)).toBe(text);
});

test.each([
  ['0 9 * *', /five fields/],
  ['60 9 * * *', /minute to be \*, numbers from 0 to 59.* got 60/],
  ['5-3 * * * *', /minute .* got 5-3/],
  ['* * * FOO *', /month .* got FOO/],
  ['*/0 * * * *', /minute .* got \*\/0/],
  ['1-2-3 * * * *', /got 1-2-3/],
  ['0 0 13 * FRI', /a day of month or a day of week, not both/],
  ['', /five fields/],
])('%j is refused in words', (written, why) => {
  expect(parseCron(written)).toMatchObject({ wrong: expect.stringMatching(why) as unknown });
});

const field = (from: number, to: number) => {
  const number = fc.integer({ min: from, max: to });
  const range = fc.tuple(number, number, fc.integer({ min: 1, max: to })).map(([a, b, step]) => {
    return `${Math.min(a, b)}-${Math.max(a, b)}/${step}`;
  });
  return fc.oneof(
    fc.constant('*'),
    fc.array(fc.oneof(number.map(String), range), { minLength: 1, maxLength: 4 }).map((all) => all.join(',')),
  );
};

test('the text of what was read is read as the same, and says the same times', () => {
  fc.assert(
    fc.property(field(0, 59), field(0, 23), field(1, 31), field(1, 12), (minute, hour, day, month) => {
      const read = parseCron(`${minute} ${hour} ${day} ${month} *`) as Calendar;
      const again = parseCron(cronText(read)) as Calendar;
      expect(again).toEqual(read);
      expect(valuesOf(read.minute)).toEqual(valuesIn(minute, 0, 59));
    }),
  );
});

function valuesOf(ranges: Calendar['minute']): number[] {
  return ranges.flatMap(({ start, end, step }) =>
    Array.from({ length: 60 }, (_, at) => at).filter((at) => at >= start && at <= end && (at - start) % step === 0),
  );
}

/** The same by another way: every value is asked whether a part has it. */
function valuesIn(text: string, from: number, to: number): number[] {
  const has = (value: number): boolean =>
    text.split(',').some((part) => {
      const [range = '', step = '1'] = part.split('/');
      const [low = from, high = range === '*' ? to : low] = range === '*' ? [from, to] : range.split('-').map(Number);
      return value >= low && value <= high && (value - low) % Number(step) === 0;
    });
  return Array.from({ length: to + 1 }, (_, value) => value).filter((value) => value >= from && has(value));
}
