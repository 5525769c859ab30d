/** What is known of a provider that has failed lately. */
export interface Breaker {
  /** Outages in a row; those of calls that were under way together count once. */
  readonly failed: number;
  /** Not asked before this time, in milliseconds since 1970; then by one call, which finds out. */
  readonly restsUntil: number;
  /** One call is finding out. */
  readonly probed?: true;
}

/** A provider that works, as far as anybody knows. */
export const working: Breaker = { failed: 0, restsUntil: 0 };

/** So many outages in a row say that it is down. */
const DOWN_AFTER = 2;

/** How long a provider that is down is left alone, at first and at most, in milliseconds. */
const FIRST_REST_MS = 15_000;
const LONGEST_REST_MS = 240_000;

/** After an outage: the first may be an accident, and then it rests, twice as long each time it was asked in vain. */
export function afterOutage(breaker: Breaker, now: number): Breaker {
  // Calls that were under way when it began to rest tell nothing new.
  if (now < breaker.restsUntil && breaker.probed !== true) return breaker;
  const failed = breaker.failed + 1;
  if (failed < DOWN_AFTER) return { failed, restsUntil: 0 };
  const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (failed - DOWN_AFTER));
  return { failed, restsUntil: now + restMs };
}

/** Whether a provider may be asked now, and what is known of it meanwhile: one call finds out, the others pass it by. */
export function mayAsk(breaker: Breaker, now: number): { readonly may: boolean; readonly next: Breaker } {
  if (breaker.failed < DOWN_AFTER) return { may: true, next: breaker };
  if (now < breaker.restsUntil) return { may: false, next: breaker };
  return { may: true, next: { ...breaker, restsUntil: now + FIRST_REST_MS, probed: true } };
}
