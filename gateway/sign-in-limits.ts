import { LRUCache } from 'lru-cache';
import { failedAgain, waitMs, type Failures } from '../core/access/failures.ts';

/** So many addresses and names are remembered. */
const MOST_KEYS = 10_000;

/** Sign-ins that failed, by address and by user name. */
export interface SignInLimits {
  /** Counts a failure. Answers how long its like are refused unanswered, in milliseconds; 0 where this one may be answered. */
  fail(keys: readonly string[]): number;
}

/** Remembers failures of this process; a restart forgets them. */
export function signInLimits(now: () => number): SignInLimits {
  const failures = new LRUCache<string, Failures>({ max: MOST_KEYS });
  return {
    fail(keys) {
      const wait = Math.max(...keys.map((key) => waitMs(failures.get(key), now())));
      for (const key of keys) failures.set(key, failedAgain(failures.get(key), now()));
      return wait;
    },
  };
}
