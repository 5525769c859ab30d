import type { Shown } from '../../../contract/loop-evidence.ts';
import { plainLine } from '../../plain-text.ts';
import type { ShownFacts } from '../../../contract/shown-facts.ts';
import { clear, found, tooFew } from './say.ts';

/** Times that a failure has to have come, to be one that repeats. */
const REPEATS = 3;

/** So long a failure may repeat before somebody has to have proposed something, in milliseconds: 14 days. */
const PATIENCE_MS = 14 * 24 * 60 * 60 * 1000;

/** A failure that has not come for so long is over, in milliseconds: 30 days. */
const OVER_MS = 30 * 24 * 60 * 60 * 1000;

/** Failures that repeat, and for which nothing was ever proposed: what was learnt went nowhere. */
export function lessonsIdle({ clusters, now }: ShownFacts): Shown {
  const name = 'LessonsIdle';
  const recent = clusters.filter(({ newestAt }) => now - newestAt <= OVER_MS);
  const repeated = recent.filter(({ failures }) => failures >= REPEATS);
  if (repeated.length === 0)
    return tooFew(name, Math.max(0, ...recent.map(({ failures }) => failures)), REPEATS, 'failures of one kind');
  const idle = repeated.filter(({ proposed, oldestAt }) => !proposed && now - oldestAt > PATIENCE_MS);
  if (idle.length === 0) return clear(name, 'something was proposed for what repeats, or it is younger than 14 days');
  return found(name, 'warning', {
    because: idle
      .map(
        ({ cluster, failures }) =>
          `\`${plainLine(cluster, 120)}\` came ${failures} times, and nothing was proposed for it`,
      )
      .join('; '),
    nextAction: 'Let `loopwright improve` propose a change, or make one by hand from `loopwright lessons`.',
    runs: idle.flatMap(({ runs }) => runs),
  });
}
