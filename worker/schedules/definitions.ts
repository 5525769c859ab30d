import { createHash } from 'node:crypto';
import {
  DAYS_OF_WEEK,
  MONTHS,
  type CalendarSpecDescription,
  type ScheduleDescription,
  type ScheduleOptions,
  type ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { z } from 'zod';
import { durationMs } from '../../contract/harness.ts';
import { TASK_QUEUE, TASK_TIMEOUT } from '../../contract/names.ts';
import type { OVERLAPS, Schedule } from '../../contract/schedules.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { cronText, parseCron, type Range } from '../../core/schedules/cron.ts';
import { durationText, type AsApplied, type Definition } from '../../core/schedules/definition.ts';
import { isBudgetNote } from '../../core/schedules/day-budget.ts';

/** Memo of a schedule that is ours: whose. Temporal never changes it. */
export const OWNER_MEMO = 'loopwright';

/** Memo of what it starts: what Temporal has no field for, and digests of what was applied. An update by hand may lose it. */
const APPLIED_MEMO = 'loopwrightSchedule';

const Owner = z.object({ project: z.string() });

const Applied = z.object({
  budgetUsdPerDay: z.number().optional(),
  alertAfterMs: z.number(),
  note: z.string().optional(),
  /** A digest of each field, as it was applied. */
  fields: z.record(z.string(), z.string()),
});
/** What is kept with a schedule that was applied. */
export type Applied = z.infer<typeof Applied>;

const POLICIES = {
  skip: 'SKIP',
  bufferOne: 'BUFFER_ONE',
  bufferAll: 'BUFFER_ALL',
  cancelOther: 'CANCEL_OTHER',
  allowAll: 'ALLOW_ALL',
} as const satisfies Record<(typeof OVERLAPS)[number], string>;

/** The project that a schedule is of; undefined where it is not ours. */
export function projectOf(memo: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return Owner.safeParse(memo?.[OWNER_MEMO]).data?.project;
}

/** What was applied to a schedule; undefined where an update by hand lost it. */
export function appliedOf({ action }: ScheduleDescription): Applied | undefined {
  return Applied.safeParse(action.memo?.[APPLIED_MEMO]).data;
}

/** A schedule of the file, as it should be in Temporal. */
export function wantedDefinition(id: string, schedule: Schedule): Definition {
  const { cron, every, options, jitter, note, budgetUsdPerDay, timezone } = schedule;
  const crons = cron === undefined ? [] : [cron].flat().map(canonicalCron);
  return {
    loop: schedule.loop,
    input: schedule.input,
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(cron === undefined ? {} : { cron: [...new Set(crons)].toSorted() }),
    ...(every === undefined ? {} : { every: text(every) }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(jitter === undefined ? {} : { jitter: text(jitter) }),
    overlap: schedule.overlap,
    catchup: text(schedule.catchup),
    ...(budgetUsdPerDay === undefined ? {} : { budgetUsdPerDay }),
    alertAfter: text(schedule.alertAfter),
    ...(schedule.paused ? { paused: true } : {}),
    ...(note === undefined ? {} : { note }),
    workflowId: id,
    taskQueue: TASK_QUEUE,
    taskTimeout: text(TASK_TIMEOUT),
  };
}

/** A schedule as it is in Temporal, whoever made it so. A pause by hand or by budget is no part of it. */
export function foundDefinition(described: ScheduleDescription, wantsPause: boolean): Definition {
  const { action, spec, policies, state } = described;
  const applied = appliedOf(described);
  const [input, options, ...more] = action.args ?? [];
  const crons = (spec.calendars ?? []).map(calendarText);
  const every = (spec.intervals ?? []).map(
    ({ every: each, offset }) => `${durationText(each)}${offset > 0 ? ` + ${durationText(offset)}` : ''}`,
  );
  const pausedByFile = wantsPause || applied?.fields['paused'] === digestOf(true);
  const other = otherOf(described, more);
  return {
    loop: action.workflowType,
    input,
    ...(options === undefined ? {} : { options }),
    ...(crons.length === 0 ? {} : { cron: crons.toSorted() }),
    ...(every.length === 0 ? {} : { every: every.join(', ') }),
    ...((spec.timezone ?? '') === '' ? {} : { timezone: spec.timezone ?? '' }),
    ...((spec.jitter ?? 0) === 0 ? {} : { jitter: durationText(spec.jitter ?? 0) }),
    overlap:
      Object.entries(POLICIES).find(([, policy]) => policy === policies.overlap)?.[0] ?? String(policies.overlap),
    catchup: durationText(policies.catchupWindow),
    ...(applied?.budgetUsdPerDay === undefined ? {} : { budgetUsdPerDay: applied.budgetUsdPerDay }),
    ...(applied === undefined ? {} : { alertAfter: durationText(applied.alertAfterMs) }),
    ...(state.paused && pausedByFile && !isBudgetNote(state.note) ? { paused: true } : {}),
    ...(applied?.note === undefined ? {} : { note: applied.note }),
    workflowId: action.workflowId ?? '',
    taskQueue: action.taskQueue,
    ...(action.workflowTaskTimeout === undefined
      ? {}
      : { taskTimeout: durationText(Number(action.workflowTaskTimeout)) }),
    ...(other === undefined ? {} : { other }),
  };
}

/** What no file of ours can say; undefined where there is none of it. */
function otherOf({ action, spec, policies, state }: ScheduleDescription, moreArguments: readonly unknown[]): unknown {
  const { retry, workflowRunTimeout, workflowExecutionTimeout, staticSummary, staticDetails } = action;
  const found = {
    ...(moreArguments.length === 0 ? {} : { arguments: moreArguments }),
    ...((spec.skip ?? []).length === 0 ? {} : { skip: spec.skip }),
    ...(spec.startAt === undefined ? {} : { startAt: spec.startAt }),
    ...(spec.endAt === undefined ? {} : { endAt: spec.endAt }),
    ...(policies.pauseOnFailure ? { pauseOnFailure: true } : {}),
    ...(state.remainingActions === undefined ? {} : { remainingActions: state.remainingActions }),
    retry,
    workflowRunTimeout,
    workflowExecutionTimeout,
    staticSummary,
    staticDetails,
  };
  const text = canonicalJson(found);
  return text === '{}' ? undefined : JSON.parse(text);
}

/** What to tell Temporal so that a schedule is as it should be. */
export function scheduleOptions(
  id: string,
  project: string,
  schedule: Schedule,
): ScheduleOptions<ScheduleOptionsStartWorkflowAction<Workflow>> {
  const { cron, every, options, input, timezone, jitter, note, paused } = schedule;
  return {
    scheduleId: id,
    spec: {
      ...(cron === undefined ? {} : { cronExpressions: [cron].flat().map((one) => `${canonicalCron(one)} # ${one}`) }),
      ...(every === undefined ? {} : { intervals: [{ every: durationMs(every) }] }),
      ...(timezone === undefined ? {} : { timezone }),
      ...(jitter === undefined ? {} : { jitter: durationMs(jitter) }),
    },
    action: {
      type: 'startWorkflow',
      workflowType: schedule.loop,
      workflowId: id,
      taskQueue: TASK_QUEUE,
      workflowTaskTimeout: TASK_TIMEOUT,
      args: Object.keys(options).length === 0 ? [input] : [input, options],
      memo: { [APPLIED_MEMO]: appliedBy(id, schedule) },
    },
    policies: { overlap: POLICIES[schedule.overlap], catchupWindow: durationMs(schedule.catchup) },
    memo: { [OWNER_MEMO]: { project } },
    state: { paused, ...(note === undefined ? {} : { note }) },
  };
}

function appliedBy(id: string, schedule: Schedule): Applied {
  const { budgetUsdPerDay, note, alertAfter } = schedule;
  const fields = Object.entries(wantedDefinition(id, schedule)).map(([field, value]) => [field, digestOf(value)]);
  return {
    ...(budgetUsdPerDay === undefined ? {} : { budgetUsdPerDay }),
    ...(note === undefined ? {} : { note }),
    alertAfterMs: durationMs(alertAfter),
    fields: Object.fromEntries(fields) as Applied['fields'],
  };
}

/** Knows what was applied by its digests. */
export function asApplied(applied: Applied | undefined): AsApplied {
  return (field, value) => {
    if (applied === undefined) return undefined;
    return applied.fields[field] === (value === undefined ? undefined : digestOf(value));
  };
}

/** Short: a run's history carries one a field. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 8);
}

function canonicalCron(expression: string): string {
  const read = parseCron(expression);
  if ('wrong' in read) throw new Error(`${read.wrong} in ${expression}`);
  return cronText(read);
}

function calendarText(calendar: CalendarSpecDescription): string {
  const numbered = (
    ranges: readonly { start: string; end: string; step: number }[],
    names: readonly string[],
    from: number,
  ): Range[] =>
    ranges.map(({ start, end, step }) => ({
      start: names.indexOf(start) + from,
      end: names.indexOf(end) + from,
      step,
    }));
  return cronText({
    ...calendar,
    month: numbered(calendar.month, MONTHS, 1),
    dayOfWeek: numbered(calendar.dayOfWeek, DAYS_OF_WEEK, 0),
  });
}

function text(duration: string): string {
  return durationText(durationMs(duration));
}
