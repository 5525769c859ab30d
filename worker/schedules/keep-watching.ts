import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';

/** How often schedules are looked at, in milliseconds. */
const EVERY_MS = 15_000;

/** How long Temporal may take for one look. */
const LOOK_MS = 10_000;

/** How long a look in flight may hold up a stop: the store is what it stands on, and closes after. */
const GRACE_MS = 2000;

/** Looks at schedules again and again, one look after the other, until it is stopped; what a look throws is told once, not every time. */
export function keepWatching(
  client: Client,
  watcher: { look(): Promise<void> },
  report: (text: string) => void,
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  let said = '';
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      const looking = client.withDeadline(Date.now() + LOOK_MS, () => watcher.look());
      const trouble = await looking.then(
        () => '',
        (error: unknown) => `Schedules cannot be looked at just now: ${(error as Error).message}`,
      );
      if (trouble !== said && trouble !== '' && !stopped.signal.aborted) report(trouble);
      said = trouble;
      await pause(EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await Promise.race([watching, pause(GRACE_MS, undefined, { ref: false })]);
    },
  };
}
