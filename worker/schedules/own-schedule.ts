import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { EXIT } from '../../contract/exit-codes.ts';
import { connectClient } from '../cluster/connect-client.ts';
import { CommandError } from '../command.ts';
import { appliedOf, projectOf } from './applied.ts';
import { describe } from './plan.ts';

/** A schedule that a command is about. */
interface OwnSchedule {
  readonly handle: ScheduleHandle;
  readonly described: ScheduleDescription;
  /** What it is for, as the file says. */
  readonly note: string | undefined;
}

/**
 * Gives a command a schedule that is ours.
 * @throws CommandError where there is none of the id (not found), or where it is somebody else's (forbidden).
 */
export async function withOwnSchedule(
  { env, data }: { readonly env: NodeJS.ProcessEnv; readonly data: string },
  id: string,
  work: (own: OwnSchedule) => Promise<void>,
): Promise<void> {
  const { client, close } = await connectClient(env, data);
  try {
    const described = await describe(client.schedule, id);
    if (described === undefined)
      throw new CommandError(
        `There is no schedule ${id} in Temporal. See those that are there: loopwright schedule list`,
        EXIT.notFound,
      );
    if (projectOf(described.memo) === undefined)
      throw new CommandError(
        `Schedule ${id} was not made by a schedules.yaml, so it is left alone. Use: temporal schedule`,
        EXIT.forbidden,
      );
    await work({ handle: client.schedule.getHandle(id), described, note: appliedOf(described)?.note });
  } finally {
    await close();
  }
}
