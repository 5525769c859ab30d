/** A calendar as Temporal keeps it: ranges of each field; none of `year` is any year. */
export interface Calendar {
  readonly second: readonly Range[];
  readonly minute: readonly Range[];
  readonly hour: readonly Range[];
  readonly dayOfMonth: readonly Range[];
  readonly month: readonly Range[];
  readonly year: readonly Range[];
  readonly dayOfWeek: readonly Range[];
}

/** From, to and with them, in steps. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS = [
  { name: 'minute', key: 'minute', from: 0, to: 59, words: [] },
  { name: 'hour', key: 'hour', from: 0, to: 23, words: [] },
  { name: 'day of month', key: 'dayOfMonth', from: 1, to: 31, words: [] },
  { name: 'month', key: 'month', from: 1, to: 12, words: MONTHS },
  // 7 is Sunday too.
  { name: 'day of week', key: 'dayOfWeek', from: 0, to: 7, words: DAYS },
] as const;

type Field = (typeof FIELDS)[number];

/** What of a field its numbers need. */
interface Bounds {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

const SHORT: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** Reads a cron expression of five fields, or says what is wrong with it. */
export function parseCron(text: string): Calendar | { readonly wrong: string } {
  const words = (SHORT[text.trim().toLowerCase()] ?? text).trim().split(/\s+/);
  if (words.length !== FIELDS.length)
    return { wrong: 'expected five fields (minute, hour, day of month, month, day of week) or a word such as @daily' };
  const read = FIELDS.map((field, index) => ({ field, ranges: rangesOf(words[index] ?? '', field) }));
  const bad = read.findIndex(({ ranges }) => ranges === undefined);
  const { name, from, to } = FIELDS[bad] ?? FIELDS[0];
  if (bad !== -1)
    return {
      wrong: `expected ${name} to be *, numbers from ${from} to ${to}, a-b, a-b/n or */n, got ${words[bad] ?? ''}`,
    };
  // cron means either, Temporal means both: nobody would see the difference before the first wrong day.
  if (words[2] !== '*' && words[4] !== '*')
    return { wrong: 'expected a day of month or a day of week, not both: Temporal would take only days that are both' };
  const fields = Object.fromEntries(read.map(({ field, ranges }) => [field.key, ranges ?? []]));
  return { second: [{ start: 0, end: 0, step: 1 }], year: [], ...fields } as unknown as Calendar;
}

function rangesOf(text: string, field: Field): readonly Range[] | undefined {
  const ranges = text.split(',').map((part) => rangeOf(part, field));
  if (ranges.some((range) => range === undefined)) return undefined;
  const found = ranges as readonly Range[];
  return merged(field.key === 'dayOfWeek' ? found.flatMap(withoutSeven) : found, field);
}

function rangeOf(text: string, field: Field): Range | undefined {
  const [, range = '', steps] = /^([^/]+)(?:\/(\d+))?$/.exec(text) ?? [];
  const step = Number(steps ?? 1);
  const [first = '', last, more] = range.split('-');
  if (range === '' || step < 1 || more !== undefined) return undefined;
  const end = lastOf(field);
  if (first === '*') return last === undefined ? { start: field.from, end, step } : undefined;
  const start = valueOf(first, field);
  // `5/10` begins at 5 and goes to the end.
  const until = last === undefined ? (steps === undefined ? start : end) : valueOf(last, field);
  return start === undefined || until === undefined || until < start ? undefined : { start, end: until, step };
}

function valueOf(text: string, { words, from, to }: Field): number | undefined {
  const word = (words as readonly string[]).indexOf(text.toUpperCase());
  if (word !== -1) return word + from;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= from && value <= to ? value : undefined;
}

function lastOf({ key, to }: Bounds): number {
  return key === 'dayOfWeek' ? 6 : to;
}

/** A week ends on Saturday, 6. */
function withoutSeven({ start, end, step }: Range): readonly Range[] {
  if (end < 7) return [{ start, end, step }];
  const sunday = { start: 0, end: 0, step: 1 };
  const hits = (7 - start) % step === 0;
  return start === 7 ? [sunday] : [...(hits ? [sunday] : []), { start, end: 6, step }];
}

/** One way to say each set of values, whatever way it was written. */
function merged(ranges: readonly Range[], field: Bounds): readonly Range[] {
  const values = [...new Set(ranges.flatMap(valuesIn))].toSorted((a, b) => a - b);
  const [first = 0, second = first] = values;
  const step = Math.max(1, second - first);
  const last = values.at(-1) ?? first;
  const even = values.every((value, index) => value === first + index * step);
  if (even && values.length > 2) {
    const full = last + step > lastOf(field) ? lastOf(field) : last;
    return [{ start: first, end: step === 1 ? last : full, step }];
  }
  return runsOf(values);
}

function valuesIn({ start, end, step }: Range): number[] {
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}

function runsOf(values: readonly number[]): Range[] {
  const runs: { start: number; end: number; step: number }[] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run !== undefined && run.end === value - 1) run.end = value;
    else runs.push({ start: value, end: value, step: 1 });
  }
  return runs;
}

/** A calendar as one cron expression: equal times have equal texts. Seconds and years, which only other programs set, make it seven fields. */
export function cronText(calendar: Calendar): string {
  const words = FIELDS.map((field) => fieldText(merged(calendar[field.key], field), field));
  const second = fieldText(merged(calendar.second, SECOND), SECOND);
  const year = calendar.year.length === 0 ? '*' : fieldText(calendar.year, YEAR);
  return second === '0' && year === '*' ? words.join(' ') : [second, ...words, year].join(' ');
}

const SECOND = { key: 'second', from: 0, to: 59 };
const YEAR = { key: 'year', from: 2000, to: 2100 };

function fieldText(ranges: readonly Range[], field: Bounds): string {
  return ranges
    .map(({ start, end, step }) => {
      const all = start === field.from && end === lastOf(field);
      const range = all ? '*' : start === end ? String(start) : `${start}-${end}`;
      return step === 1 ? range : `${range}/${step}`;
    })
    .join(',');
}
