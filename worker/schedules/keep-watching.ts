import type { Client } from '@temporalio/client';
import { keepDoing } from '../keep-doing.ts';

/** How often schedules are looked at, in milliseconds. */
const EVERY_MS = 15_000;

/** How long Temporal may take for one look. */
const LOOK_MS = 10_000;

/** How long a look in flight may hold up a stop: the store is what it stands on, and closes after. */
const GRACE_MS = 2000;

/** Looks at schedules again and again, until it is stopped. */
export function keepWatching(
  client: Client,
  watcher: { look(): Promise<void> },
  report: (text: string) => void,
): { stop(): Promise<void> } {
  return keepDoing(() => client.withDeadline(Date.now() + LOOK_MS, () => watcher.look()), {
    everyMs: EVERY_MS,
    trouble: 'Schedules cannot be looked at just now',
    graceMs: GRACE_MS,
    report,
  });
}
