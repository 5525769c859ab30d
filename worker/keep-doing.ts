import { setTimeout as pause } from 'node:timers/promises';

/** How something is done again and again. */
export interface KeepDoingOptions {
  readonly everyMs: number;
  /** What is said before the reason where it fails; told once, not every time. */
  readonly trouble: string;
  /** How long what is under way may hold up a stop, in milliseconds; as long as it takes by default. */
  readonly graceMs?: number;
  readonly report: (text: string) => void;
}

/** Does something again and again, one time after the other, until it is stopped. */
export function keepDoing(
  work: (signal: AbortSignal) => Promise<void>,
  { everyMs, trouble, graceMs, report }: KeepDoingOptions,
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const { signal } = stopped;
  let said = '';
  const doing = (async () => {
    while (!signal.aborted) {
      const failed = await work(signal).then(
        () => '',
        (error: unknown) => `${trouble}: ${(error as Error).message}`,
      );
      if (failed !== said && failed !== '' && !signal.aborted) report(failed);
      said = failed;
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await (graceMs === undefined ? doing : Promise.race([doing, pause(graceMs, undefined, { ref: false })]));
    },
  };
}
