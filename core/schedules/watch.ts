import type { Alert } from '../../contract/alerts.ts';
import type { ScheduleLook } from '../../contract/schedules.ts';
import type { Timestamp } from '../../contract/names.ts';
import { moment, span } from '../figures.ts';

/** A schedule as Temporal shows it now. */
export interface SeenSchedule {
  readonly id: string;
  readonly project: string;
  /** What its times are made of. */
  readonly times: string;
  readonly paused: boolean;
  /** When it will act next; absent where it never will. */
  readonly next?: Timestamp;
  /** Its newest action: for which time, when it was taken, and whether the run that it started failed at its start. */
  readonly last?: {
    readonly scheduledAt: Timestamp;
    readonly takenAt: Timestamp;
    readonly workflowId: string;
    readonly failed: boolean;
  };
  /** Open runs of it. */
  readonly running: readonly string[];
  /** Times that wait for an open run to end. */
  readonly buffered: number;
  readonly missed: number;
  readonly skipped: number;
  readonly alertAfterMs: number;
  readonly budgetMicroUsd?: number;
}

/** That a schedule should have run and did not, since when, and why as far as that can be seen. */
export interface Late {
  readonly since: Timestamp;
  readonly because: string;
}

/** What a look at a schedule comes to. */
export interface Watched {
  readonly look: ScheduleLook;
  readonly late?: Late;
}

/** Temporal cuts a second that an interval is counted in. */
const SLACK_MS = 1000;

/**
 * What a look at a schedule comes to, by what was expected at the look before. It is late when the time it was expected
 * at, and its grace, are over and no action was taken at or after that time; and when the newest run that it started
 * failed at its start, which is none. A schedule that is paused, or whose times were changed, is expected at nothing of before.
 */
export function watched(before: ScheduleLook | undefined, seen: SeenSchedule, now: Timestamp): Watched {
  const { last, next, alertAfterMs } = seen;
  if (seen.paused) return { look: { ...lookOf(seen, now), pausedAt: before?.pausedAt ?? now } };
  const failed =
    last?.failed === true ? { since: last.scheduledAt, because: `its run ${last.workflowId} failed` } : undefined;
  const expected = before?.times === seen.times ? before.expected : undefined;
  if (before === undefined || expected === undefined || hasRun(last, expected)) {
    const look = { ...lookOf(seen, now), ...(next === undefined ? {} : { expected: next }) };
    return { look, ...(failed === undefined ? {} : { late: failed }) };
  }
  const look = { ...lookOf(seen, now), expected, missed: before.missed, skipped: before.skipped };
  if (now >= expected + alertAfterMs) return { look, late: { since: expected, because: because(before, seen) } };
  return { look, ...(failed === undefined ? {} : { late: failed }) };
}

function hasRun(last: SeenSchedule['last'], expected: Timestamp): boolean {
  return last !== undefined && (last.takenAt >= expected || last.scheduledAt >= expected - SLACK_MS);
}

function lookOf({ id, project, times, missed, skipped, alertAfterMs, budgetMicroUsd }: SeenSchedule, now: Timestamp) {
  const budget = budgetMicroUsd === undefined ? {} : { budgetMicroUsd };
  return { id, project, times, lookedAt: now, alertAfterMs, ...budget, missed, skipped } satisfies ScheduleLook;
}

function because(before: ScheduleLook, { missed, skipped, buffered, running }: SeenSchedule): string {
  const [open] = running;
  if (open !== undefined && (skipped > before.skipped || buffered > 0)) return `its run ${open} is still open`;
  if (missed > before.missed) return 'Temporal was away for longer than its catch-up window';
  return 'Temporal started nothing';
}

/** Whether a schedule that cannot be seen now is late, by what was expected when it was seen last. */
export function unseen(before: ScheduleLook, why: string, now: Timestamp): Late | undefined {
  const { expected, alertAfterMs } = before;
  if (expected === undefined || now < expected + alertAfterMs) return undefined;
  return { since: expected, because: why };
}

/** What people read about a schedule that is late. The same lateness has the same words. */
export function lateText(id: string, { since, because: why }: Late): string {
  return `Schedule ${id} is LATE: it should have run at ${moment(since)} and did not: ${why}. Look: loopwright schedule list; start it now: loopwright schedule trigger ${id}`;
}

/** What people read about times that would be dropped: runs may wait for a person for longer than until the next time. */
export function dropsText(id: string, loop: string, gapMs: number, waitMs: number): string {
  return `Schedule ${id} comes every ${span(gapMs)}, and a gate of ${loop} may wait ${span(waitMs)}: with overlap skip, times that come meanwhile are dropped. Say bufferOne or allowAll, or shorten approval.expiresAfter.`;
}

/** The shortest gap of times to come, in milliseconds; undefined where there are not two. */
export function shortestGap(times: readonly Timestamp[]): number | undefined {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}

/** Whether an alert is about a schedule: whoever watches those raises and clears it. */
export function isOfSchedule({ kind }: Pick<Alert, 'kind'>): boolean {
  return kind === 'late' || kind === 'budget';
}
