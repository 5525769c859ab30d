import { durationMs } from '../../contract/harness.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { Schedules, type Schedule } from '../../contract/schedules.ts';
import { parseCron } from '../../core/schedules/cron.ts';
import { got } from '../load/expectation.ts';
import type { MistakeAt } from '../load/schema-mistakes.ts';
import { readNamedFile } from '../load/named-file.ts';
import { readYaml } from '../load/yaml-file.ts';

/** File that says what starts by the clock. Its name can be changed with `LOOPWRIGHT_SCHEDULES`. */
const SCHEDULES_FILE = 'schedules.yaml';

/** The shortest catch-up window that Temporal keeps, in milliseconds. */
const SHORTEST_CATCHUP_MS = 10_000;

/** `schedules.yaml` as it was read, with every mistake in it. */
export interface SchedulesFile {
  readonly file: string;
  readonly exists: boolean;
  /** Undefined where the file has mistakes. */
  readonly content: Schedules | undefined;
  readonly mistakes: readonly Mistake[];
  /** A mistake at a field, with its line. */
  readonly mistake: MistakeAt;
}

/** Reads the file that says what starts by the clock; no server is needed for that. Without the file there are no schedules. */
export async function readSchedulesFile(env: NodeJS.ProcessEnv): Promise<SchedulesFile> {
  const read = await readNamedFile(env, 'LOOPWRIGHT_SCHEDULES', SCHEDULES_FILE);
  const { file } = read;
  if (read.kind === 'read') return { file, exists: true, ...readText(read.text, file) };
  const nothing = { file, exists: false, ...readText('', file) };
  return read.kind === 'absent' ? nothing : { ...nothing, content: undefined, mistakes: [read.mistake] };
}

function readText(text: string, file: string): Pick<SchedulesFile, 'content' | 'mistakes' | 'mistake'> {
  const { value, mistakes, mistake } = readYaml(text, file, Schedules);
  const found =
    value === undefined
      ? mistakes
      : Object.entries(value.schedules).flatMap(([id, schedule]) =>
          mistakesOf(schedule, (path, rule, fix) => mistake(['schedules', id, ...path], rule, fix)),
        );
  return { content: found.length === 0 ? value : undefined, mistakes: found, mistake };
}

/** What a schema cannot say. */
function mistakesOf(schedule: Schedule, mistake: MistakeAt): Mistake[] {
  const { cron, every, timezone, jitter, catchup } = schedule;
  const found: Mistake[] = [];
  if (cron === undefined && every === undefined)
    found.push(
      mistake([], 'expected `cron` or `every`, got neither', 'Add `every: 1 hour`, or `cron` and `timezone`.'),
    );
  if (cron !== undefined && every !== undefined)
    found.push(mistake(['every'], 'expected `cron` or `every`, got both', 'Remove one of them.'));
  for (const [index, text] of (cron === undefined ? [] : [cron].flat()).entries()) {
    const read = parseCron(text);
    const path = typeof cron === 'string' ? ['cron'] : ['cron', index];
    if ('wrong' in read) found.push(mistake(path, `${read.wrong} in ${got(text)}`, 'Such as `0 9 * * MON-FRI`.'));
  }
  if (cron !== undefined && timezone === undefined)
    found.push(
      mistake(
        ['timezone'],
        'expected a time zone because `cron` goes by a clock, got nothing',
        'Add `timezone: UTC`, or one such as `Europe/Paris`.',
      ),
    );
  if (cron === undefined && timezone !== undefined)
    found.push(mistake(['timezone'], '`every` goes by no clock', 'Remove it, or say `cron` in place of `every`.'));
  if (timezone !== undefined && !isTimezone(timezone))
    found.push(
      mistake(
        ['timezone'],
        `expected the name of a time zone, got ${got(timezone)}`,
        'Write one such as `Europe/Paris` or `UTC`.',
      ),
    );
  if (durationMs(catchup) < SHORTEST_CATCHUP_MS)
    found.push(
      mistake(
        ['catchup'],
        `expected at least 10 seconds, got ${got(catchup)}`,
        'Write `catchup: 10 minutes`, or how late a run is still of use.',
      ),
    );
  if (every !== undefined && jitter !== undefined && durationMs(jitter) >= durationMs(every))
    found.push(
      mistake(['jitter'], `expected less than \`every\` (${every}), got ${got(jitter)}`, 'Write a shorter one.'),
    );
  return found;
}

/** Offsets such as `+02:00` are none: they know no summer time. */
function isTimezone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
