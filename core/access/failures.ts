/** Failures of one address or name, as a bucket that empties with time. */
export interface Failures {
  readonly count: number;
  readonly at: number;
}

/** So many failures are answered at once; one more each {@link REFILL_MS}. */
export const MOST_FAILURES = 10;

/** How long it takes until one failure is forgotten, in milliseconds. */
export const REFILL_MS = 30_000;

/** The failures with one more. */
export function failedAgain(before: Failures | undefined, now: number): Failures {
  return { count: Math.min(left(before, now) + 1, MOST_FAILURES), at: now };
}

/** How long until another failure is answered, in milliseconds; 0 where it is now. */
export function waitMs(failures: Failures | undefined, now: number): number {
  return Math.max(0, Math.ceil((left(failures, now) + 1 - MOST_FAILURES) * REFILL_MS));
}

function left(failures: Failures | undefined, now: number): number {
  if (failures === undefined) return 0;
  return Math.max(0, failures.count - Math.max(0, now - failures.at) / REFILL_MS);
}
