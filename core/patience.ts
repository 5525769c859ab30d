/** How long what broke is waited for. */
export interface Patience {
  /** Wait after the first failure, in milliseconds; it doubles with every other. */
  readonly firstMs: number;
  /** Longest wait between two tries, in milliseconds. */
  readonly longestMs: number;
  /** Failures after which it is given up. */
  readonly failures: number;
}

/** A check that throws is code: a mistake in it mends nothing by waiting, so it is tried a few times and no more. */
export const CHECK_PATIENCE: Patience = { firstMs: 250, longestMs: 2000, failures: 4 };

/** A verifier whose model breaks is waited for about 25 minutes: what it has to look at is made and paid for, and kept. */
export const VERIFIER_PATIENCE: Patience = { firstMs: 1000, longestMs: 120_000, failures: 20 };

/** What comes after a failure. */
export type NextTry = { readonly kind: 'again'; readonly afterMs: number } | { readonly kind: 'givenUp' };

/**
 * When to try again after so many failures, the last one included. Where a provider said how long to wait, that counts,
 * up to the longest wait.
 */
export function nextTry({ firstMs, longestMs, failures }: Patience, failed: number, saidMs?: number): NextTry {
  if (failed >= failures) return { kind: 'givenUp' };
  const backoff = firstMs * 2 ** Math.min(failed - 1, 30);
  return { kind: 'again', afterMs: Math.min(longestMs, Math.max(backoff, saidMs ?? 0)) };
}
