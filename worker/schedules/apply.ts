import { ScheduleNotFoundError, type ScheduleClient, type ScheduleDescription } from '@temporalio/client';
import { EXIT } from '../../contract/exit-codes.ts';
import type { Schedules } from '../../contract/schedules.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { CommandError } from '../command.ts';
import { foundDefinition } from './found.ts';
import { scheduleOptions } from './wanted.ts';
import type { Step } from './plan.ts';

/**
 * Makes Temporal's schedules as the file says, one after the other; schedules of nobody or of others are left alone.
 * @throws CommandError (conflict) where a schedule was changed since it was looked at; what was done before stays.
 */
export async function applySteps(
  client: ScheduleClient,
  { project, schedules }: Schedules,
  steps: readonly Step[],
  prune: boolean,
): Promise<void> {
  for (const step of steps) {
    const schedule = schedules[step.id];
    if (step.kind === 'remove' && prune) await remove(client, step.id);
    if (schedule === undefined) continue;
    const options = scheduleOptions(step.id, project, schedule);
    if (step.kind === 'create') await client.create(options);
    if (step.kind === 'change') await change(client, step, options);
  }
}

async function change(
  client: ScheduleClient,
  { id, seen, differences }: Extract<Step, { kind: 'change' }>,
  options: ReturnType<typeof scheduleOptions>,
): Promise<void> {
  const { scheduleId: _id, memo: _memo, ...wanted } = options;
  const saysPause = differences.some(({ field }) => field === 'paused');
  await client.getHandle(id).update((now) => {
    if (asSeen(now) !== asSeen(seen))
      throw new CommandError(
        `Schedule ${id} was changed in Temporal since it was looked at. Nothing was done to it; look again: loopwright schedule diff`,
        EXIT.conflict,
      );
    // Who paused it, by hand or by budget, has said why: that stays.
    const { paused, note } = now.state;
    const kept = note === undefined ? { paused } : { paused, note };
    return { ...wanted, state: paused && !saysPause ? kept : (options.state ?? {}) };
  });
}

function asSeen(described: ScheduleDescription): string {
  return canonicalJson([foundDefinition(described, true), described.state]);
}

async function remove(client: ScheduleClient, id: string): Promise<void> {
  try {
    await client.getHandle(id).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
