import { setTimeout as pause } from 'node:timers/promises';

/** How often files are looked at, in milliseconds: a change is taken when two looks have seen the same of it. */
const EVERY_MS = 250;

/** Looks again and again, one look after the other, until it is stopped; what a look throws is told once, not every time. */
export function keepLooking(
  at: { look(signal: AbortSignal): Promise<void> },
  report: (text: string) => void,
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  let said = '';
  const looking = (async () => {
    while (!stopped.signal.aborted) {
      const trouble = await at.look(stopped.signal).then(
        () => '',
        (error: unknown) => `Changes cannot be taken just now: ${(error as Error).message}`,
      );
      if (trouble !== said && trouble !== '' && !stopped.signal.aborted) report(trouble);
      said = trouble;
      await pause(EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await looking;
    },
  };
}
