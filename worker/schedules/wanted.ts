import type { ScheduleOptions, ScheduleOptionsStartWorkflowAction } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { durationMs } from '../../contract/harness.ts';
import { TASK_QUEUE, TASK_TIMEOUT } from '../../contract/names.ts';
import type { Schedule } from '../../contract/schedules.ts';
import { cronText, parseCron } from '../../core/schedules/cron.ts';
import { durationText, type Definition } from '../../core/schedules/definition.ts';
import { APPLIED_MEMO, digestOf, OWNER_MEMO, POLICIES, type Applied } from './applied.ts';

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

function canonicalCron(expression: string): string {
  const read = parseCron(expression);
  if ('wrong' in read) throw new Error(`${read.wrong} in ${expression}`);
  return cronText(read);
}

function text(duration: string): string {
  return durationText(durationMs(duration));
}
