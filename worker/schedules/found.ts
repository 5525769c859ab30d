import { DAYS_OF_WEEK, MONTHS, type CalendarSpecDescription, type ScheduleDescription } from '@temporalio/client';
import { canonicalJson } from '../../core/canonical.ts';
import { cronText, type Range } from '../../core/schedules/cron.ts';
import { isBudgetNote } from '../../core/schedules/day-budget.ts';
import { durationText, type Definition } from '../../core/schedules/definition.ts';
import { appliedOf, digestOf, POLICIES } from './applied.ts';

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
