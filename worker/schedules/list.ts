import type { Client, ScheduleDescription } from '@temporalio/client';
import type { Alert } from '../../contract/alerts.ts';
import type { ScheduleRecord, Schedules } from '../../contract/schedules.ts';
import { usd } from '../../core/money.ts';
import { differences, type Definition } from '../../core/schedules/definition.ts';
import type { ListedSchedule } from '../../core/schedules/table.ts';
import { unseen, watched, type Late } from '../../core/schedules/watch.ts';
import { appliedOf, asApplied, projectOf } from './applied.ts';
import { foundDefinition } from './found.ts';
import { wantedDefinition } from './wanted.ts';
import { describe, ownSchedules } from './plan.ts';
import { newestFailed, seenSchedule } from './seen.ts';

/** What is known besides Temporal. */
export interface ListOptions {
  readonly client: Client;
  /** Undefined where the file cannot be read. */
  readonly file: Schedules | undefined;
  readonly record: ScheduleRecord;
  readonly alerts: readonly Alert[];
  readonly now: number;
}

/** Every schedule that is ours, in Temporal or only in the file, and how it is. */
export async function listSchedules(options: ListOptions): Promise<ListedSchedule[]> {
  const { client, file, record } = options;
  const own = new Map((await ownSchedules(client.schedule)).map(({ id, project }) => [id, project]));
  for (const { id, project } of record.looks) own.set(id, project);
  for (const id of Object.keys(file?.schedules ?? {})) if (!own.has(id)) own.set(id, file?.project ?? '');
  const listed: ListedSchedule[] = [];
  for (const [id, project] of [...own].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const described = await describe(client.schedule, id);
    const there = described !== undefined && projectOf(described.memo) !== undefined;
    // One that was removed a moment ago is still listed by Temporal, and nobody's concern.
    const known = id in (file?.schedules ?? {}) || record.looks.some((look) => look.id === id);
    if (there) listed.push(await listedOf(described, options));
    else if (known) listed.push(absent(id, project, options));
  }
  return listed;
}

async function listedOf(described: ScheduleDescription, options: ListOptions): Promise<ListedSchedule> {
  const { client, file, record, alerts, now } = options;
  const { scheduleId: id, state, info } = described;
  const project = projectOf(described.memo) ?? '';
  const before = record.looks.find((look) => look.id === id);
  const seen = seenSchedule(described, { project, before, failed: await newestFailed(client.workflow, described) });
  // Where nobody watches, its own eyes are as good.
  const { late, look } = watched(before, seen, now);
  const said = alerts.find(({ key }) => key === `late:${id}`)?.text;
  const found = foundDefinition(described, false);
  const last = info.recentActions.at(-1);
  const pausedAt = look.pausedAt;
  return {
    id,
    project,
    loop: found.loop,
    when: whenOf(found),
    ...stateOf({ state, late, said: state.paused ? undefined : said, differs: differs(described, file) }),
    ...(pausedAt === undefined ? {} : { pausedSince: new Date(pausedAt).toISOString() }),
    ...(seen.next === undefined || state.paused ? {} : { nextAt: new Date(seen.next).toISOString() }),
    ...(last === undefined ? {} : { lastAt: last.takenAt.toISOString(), lastRun: last.action.workflow.workflowId }),
    spentUsd: usd(record.spent[id] ?? 0),
    ...(seen.budgetMicroUsd === undefined ? {} : { budgetUsdPerDay: usd(seen.budgetMicroUsd) }),
  };
}

interface Known {
  readonly state: ScheduleDescription['state'];
  readonly late: Late | undefined;
  readonly said: string | undefined;
  readonly differs: string | undefined;
}

function stateOf({ state, late, said, differs: why }: Known): Pick<ListedSchedule, 'state' | 'why' | 'lateSince'> {
  if (state.paused) return { state: 'paused', why: state.note ?? '' };
  if (late !== undefined) return { state: 'late', why: late.because, lateSince: new Date(late.since).toISOString() };
  if (said !== undefined) return { state: 'late', why: said };
  if (why === REMOVED) return { state: 'removed', why };
  return why === undefined ? { state: 'ok' } : { state: 'differs', why };
}

const REMOVED = 'no longer in the file: loopwright schedule apply --prune removes it';

/** In what it is not as the file says; undefined where it is, or where the file does not speak of it. */
function differs(described: ScheduleDescription, file: Schedules | undefined): string | undefined {
  const { scheduleId: id, memo } = described;
  if (file === undefined || projectOf(memo) !== file.project) return undefined;
  const schedule = file.schedules[id];
  if (schedule === undefined) return REMOVED;
  const found = foundDefinition(described, schedule.paused);
  const fields = differences(wantedDefinition(id, schedule), found, asApplied(appliedOf(described)));
  if (fields.length === 0) return undefined;
  return `${fields.map(({ field, drift }) => (drift ? `${field} (drift)` : field)).join(', ')}: loopwright schedule diff`;
}

function absent(id: string, project: string, { file, record, alerts, now }: ListOptions): ListedSchedule {
  const schedule = file?.schedules[id];
  const wanted = schedule === undefined ? undefined : wantedDefinition(id, schedule);
  const before = record.looks.find((look) => look.id === id);
  const why = 'not in Temporal: loopwright schedule apply makes it';
  const late = before && unseen(before, why, now);
  const isLate = late !== undefined || alerts.some(({ key }) => key === `late:${id}`);
  return {
    id,
    project,
    loop: wanted?.loop ?? '-',
    when: wanted === undefined ? '-' : whenOf(wanted),
    state: isLate ? 'late' : 'notApplied',
    why,
    ...(late === undefined ? {} : { lateSince: new Date(late.since).toISOString() }),
    spentUsd: usd(record.spent[id] ?? 0),
  };
}

function whenOf({ cron, every, timezone }: Definition): string {
  const times = [...(cron ?? []), ...(every === undefined ? [] : [`every ${every}`])].join(', ');
  return timezone === undefined ? times : `${times} ${timezone}`;
}
