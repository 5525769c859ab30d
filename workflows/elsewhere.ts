import { ActivityFailure, TimeoutFailure } from '@temporalio/common';
import type { Elsewhere } from '../activities/elsewhere.ts';

/** A task queue; undefined is the run's own. */
export interface Queue {
  name: string | undefined;
}

/** Options of a step that say where it is made. */
export interface Place {
  readonly taskQueue?: string;
  readonly scheduleToStartTimeout?: typeof TAKEN_WITHIN;
}

/** So long a step may wait on the queue of a route before it asks again whether it belongs there. */
const TAKEN_WITHIN = '15 minutes';

/**
 * Makes a step where it belongs: on the run's own queue, until it answers that its route has limits, then on theirs.
 * Nobody may serve that one any more, because the limits are gone: what nobody takes goes back to the run's own queue.
 */
export async function whereItBelongs<T extends object>(
  at: Queue,
  step: (place: Place) => Promise<T | Elsewhere>,
): Promise<T> {
  for (;;) {
    const place: Place = at.name === undefined ? {} : { taskQueue: at.name, scheduleToStartTimeout: TAKEN_WITHIN };
    try {
      const made = await step(place);
      if (!('elsewhere' in made)) return made;
      at.name = made.elsewhere;
    } catch (error) {
      if (at.name === undefined || !isUntaken(error)) throw error;
      at.name = undefined;
    }
  }
}

function isUntaken(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  return error.cause instanceof TimeoutFailure && error.cause.timeoutType === 'SCHEDULE_TO_START';
}
