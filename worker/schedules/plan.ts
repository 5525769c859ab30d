import { ScheduleNotFoundError, type ScheduleClient, type ScheduleDescription } from '@temporalio/client';
import type { Schedules } from '../../contract/schedules.ts';
import { differences, type Definition, type Difference } from '../../core/schedules/definition.ts';
import { appliedOf, asApplied, projectOf } from './applied.ts';
import { foundDefinition } from './found.ts';
import { wantedDefinition } from './wanted.ts';

/** What would become of one schedule. */
export type Step =
  | { readonly kind: 'create'; readonly id: string; readonly wanted: Definition }
  | {
      readonly kind: 'change';
      readonly id: string;
      readonly differences: readonly Difference[];
      /** As it was seen: it is only changed where it still is so. */
      readonly seen: ScheduleDescription;
    }
  | { readonly kind: 'unchanged'; readonly id: string; readonly paused?: string }
  /** Of this project, and in the file no more. */
  | { readonly kind: 'remove'; readonly id: string }
  /** In the file, but somebody else has the id in Temporal. */
  | { readonly kind: 'foreign'; readonly id: string; readonly project?: string };

/** What would become of each schedule, by its id: those of the file, and those of its project that are in Temporal only. Changes nothing. */
export async function planSchedules(client: ScheduleClient, { project, schedules }: Schedules): Promise<Step[]> {
  const steps: Step[] = [];
  for (const [id, schedule] of Object.entries(schedules)) {
    const wanted = wantedDefinition(id, schedule);
    const seen = await describe(client, id);
    if (seen === undefined) {
      steps.push({ kind: 'create', id, wanted });
      continue;
    }
    const owner = projectOf(seen.memo);
    if (owner !== project) {
      steps.push({ kind: 'foreign', id, ...(owner === undefined ? {} : { project: owner }) });
      continue;
    }
    const found = foundDefinition(seen, schedule.paused);
    const different = differences(wanted, found, asApplied(appliedOf(seen)));
    if (different.length > 0) steps.push({ kind: 'change', id, differences: different, seen });
    else steps.push({ kind: 'unchanged', id, ...(seen.state.paused ? { paused: seen.state.note ?? '' } : {}) });
  }
  for (const { id, project: owner } of await ownSchedules(client))
    if (owner === project && !(id in schedules)) steps.push({ kind: 'remove', id });
  return steps.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Schedules in Temporal that a file of ours made, of all projects. What was made a moment ago may be missing. */
export async function ownSchedules(
  client: ScheduleClient,
): Promise<{ readonly id: string; readonly project: string }[]> {
  const own: { id: string; project: string }[] = [];
  for await (const { scheduleId: id, memo } of client.list()) {
    const project = projectOf(memo);
    if (project !== undefined) own.push({ id, project });
  }
  return own;
}

/** A schedule as it is in Temporal; undefined where there is none of the id. */
export async function describe(client: ScheduleClient, id: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}
