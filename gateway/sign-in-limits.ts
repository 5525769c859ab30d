import { LRUCache } from 'lru-cache';
import { failedAgain, waitMs, type Failures } from '../core/access/failures.ts';

/** So many addresses and names are remembered. */
const MOST_KEYS = 10_000;

/** Sign-ins that failed, by address and by user name. */
export interface SignInLimits {
  /** Counts a failure. Answers how long its like are refused unanswered, in milliseconds; 0 where this one may be answered. */
  fail(keys: readonly string[]): number;
}

/** How often it is said that sign-ins fail, in milliseconds: strangers must not fill the log. */
const SAY_EVERY_MS = 60_000;

/** Remembers failures of this process; a restart forgets them. */
export function signInLimits(now: () => number, report: (text: string) => void = () => undefined): SignInLimits {
  let said = -Infinity;
  const failures = new LRUCache<string, Failures>({ max: MOST_KEYS });
  return {
    fail(keys) {
      const wait = Math.max(...keys.map((key) => waitMs(failures.get(key), now())));
      for (const key of keys) failures.set(key, failedAgain(failures.get(key), now()));
      if (wait > 0 && now() - said >= SAY_EVERY_MS) {
        said = now();
        report(`Sign-ins fail again and again (${keys.join(', ')}), and are answered slowly.`);
      }
      return wait;
    },
  };
}
