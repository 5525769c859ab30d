import { columns } from '../columns.ts';
import { moment } from '../figures.ts';
import { plainLine } from '../plain-text.ts';

/** How a schedule is: it should have run and did not, it is paused, it is not as the file says, it is not in Temporal, or all is well. */
export type ScheduleState = 'late' | 'paused' | 'differs' | 'notApplied' | 'removed' | 'ok';

/** A schedule as `schedule list --json` prints it; times in ISO 8601, money in USD. */
export interface ListedSchedule {
  readonly id: string;
  readonly project: string;
  readonly loop: string;
  /** Its cron expressions and their time zone, or how often it comes. */
  readonly when: string;
  readonly state: ScheduleState;
  /** Why it is late, paused, or not as the file says. */
  readonly why?: string;
  /** When it should have run, where it is late. */
  readonly lateSince?: string;
  /** Since when it is seen paused. */
  readonly pausedSince?: string;
  readonly nextAt?: string;
  readonly lastAt?: string;
  readonly lastRun?: string;
  /** Booked today (UTC) by its runs. */
  readonly spentUsd: number;
  readonly budgetUsdPerDay?: number;
}

/** What ends and begins red, on a terminal that has colours. */
const RED = ['\u001b[31m', '\u001b[39m'] as const;

/** Longest reason that is shown, in characters. */
const WHY = 160;

/** Schedules as a table for people; a late one is red where there are colours. */
export function scheduleTable(schedules: readonly ListedSchedule[], colour: boolean): string {
  const head = ['SCHEDULE', 'LOOP', 'WHEN', 'STATE', 'NEXT', 'LAST', 'SPENT TODAY', 'WHY'];
  const [header = '', ...lines] = columns([head, ...schedules.map(cellsOf)]).split('\n');
  const painted = lines.map((line, index) => {
    const late = schedules[index]?.state === 'late';
    return late && colour ? `${RED[0]}${line}${RED[1]}` : line;
  });
  return [header, ...painted].join('\n');
}

const SHOWN: Readonly<Record<ScheduleState, string>> = {
  late: 'LATE',
  paused: 'paused',
  differs: 'differs',
  notApplied: 'not applied',
  removed: 'not in file',
  ok: 'ok',
};

function cellsOf(one: ListedSchedule): string[] {
  const { budgetUsdPerDay: budget, spentUsd, pausedSince } = one;
  const since = pausedSince === undefined ? '' : ` (seen since ${time(pausedSince)})`;
  return [
    plainLine(one.id, 100),
    plainLine(one.loop, 60),
    plainLine(one.when, 60),
    SHOWN[one.state],
    time(one.nextAt),
    time(one.lastAt),
    `$${spentUsd.toFixed(4)}${budget === undefined ? '' : ` of $${budget}`}`,
    `${plainLine(one.why ?? '', WHY)}${since}`,
  ];
}

function time(iso: string | undefined): string {
  return iso === undefined ? '-' : moment(Date.parse(iso));
}
