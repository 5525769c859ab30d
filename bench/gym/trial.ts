import { weigh, weighWatch, type TrialRules, type Weighed } from '../../core/learning/gate.ts';
import type { Pair } from '../../core/learning/tally.ts';
import type { Arms } from './world.ts';

/** More cases of each slice than a trial runs. */
const PLENTY = { pinned: 0, target: 1000, guard: 1000 };

/** What became of a change, and after how many cases. */
export interface Settled {
  readonly standing: Weighed['standing'];
  readonly cases: number;
}

/** Tries a change as the product does: the gate's fold says what to run next, `atOnce` cases at a time, until it stands. */
export function tryChange(arms: Arms, rules: TrialRules, atOnce: number): Settled {
  const pairs: Pair[] = [];
  for (;;) {
    const { standing, need } = weigh(pairs, rules, PLENTY);
    if (need === undefined) return { standing, cases: pairs.length };
    for (let more = 0; more < atOnce; more += 1) pairs.push(arms.next(need));
  }
}

/** Watches a change as the product does, until it is taken back or let be. */
export function watchChange(arms: Arms, atOnce: number): Settled {
  const pairs: Pair[] = [];
  for (;;) {
    const { standing } = weighWatch(pairs);
    if (standing !== 'collecting') return { standing, cases: pairs.length };
    for (let more = 0; more < atOnce; more += 1) pairs.push(arms.next('guard'));
  }
}
