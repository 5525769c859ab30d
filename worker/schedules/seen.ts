import { WorkflowNotFoundError, type ScheduleDescription, type WorkflowClient } from '@temporalio/client';
import type { ScheduleLook } from '../../contract/schedules.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { microUsd } from '../../core/money.ts';
import type { SeenSchedule } from '../../core/schedules/watch.ts';
import { appliedOf } from './applied.ts';
import { foundDefinition } from './found.ts';

/** Grace of a schedule whose own was lost by an update by hand, in milliseconds. */
const ALERT_AFTER_MS = 300_000;

/** A schedule as its rules look at it. Where an update by hand lost what was applied, its cap and grace are those of the look before. */
export function seenSchedule(
  described: ScheduleDescription,
  {
    project,
    before,
    failed,
  }: { readonly project: string; readonly before: ScheduleLook | undefined; readonly failed: boolean },
): SeenSchedule {
  const { scheduleId: id, info, state, raw } = described;
  const applied = appliedOf(described);
  const { cron, every, timezone, jitter } = foundDefinition(described, false);
  const last = info.recentActions.at(-1);
  const [next] = info.nextActionTimes;
  const budget =
    applied === undefined
      ? before?.budgetMicroUsd
      : applied.budgetUsdPerDay === undefined
        ? undefined
        : microUsd(applied.budgetUsdPerDay);
  return {
    id,
    project,
    times: canonicalJson({ cron, every, timezone, jitter }),
    paused: state.paused,
    ...(next === undefined ? {} : { next: next.getTime() }),
    ...(last === undefined
      ? {}
      : {
          last: {
            scheduledAt: last.scheduledAt.getTime(),
            takenAt: last.takenAt.getTime(),
            workflowId: last.action.workflow.workflowId,
            failed,
          },
        }),
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    buffered: Number(raw.info?.bufferSize ?? 0),
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
    alertAfterMs: applied?.alertAfterMs ?? before?.alertAfterMs ?? ALERT_AFTER_MS,
    ...(budget === undefined ? {} : { budgetMicroUsd: budget }),
  };
}

/** Whether the newest run that a schedule started failed in Temporal's sense: no loop of ours does, but one whose name or input is wrong. */
export async function newestFailed(workflow: WorkflowClient, { info }: ScheduleDescription): Promise<boolean> {
  const newest = info.recentActions.at(-1)?.action.workflow;
  if (newest === undefined) return false;
  try {
    const { status } = await workflow.getHandle(newest.workflowId, newest.firstExecutionRunId).describe();
    return status.name === 'FAILED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
