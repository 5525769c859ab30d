import type { Shown } from '../../../contract/loop-evidence.ts';
import type { ShownFacts } from '../../../contract/shown-facts.ts';
import { clear, found, quoted, tooFew } from './say.ts';

/** Effects that may have happened, or not: the record and the world are two. */
export function effectUncertain({ runs, uncertain }: ShownFacts): Shown {
  const name = 'EffectUncertain';
  if (uncertain.length === 0)
    return runs.length === 0
      ? tooFew(name, 0, 1, 'runs')
      : clear(name, 'every effect that was begun is known to be done');
  return found(name, 'critical', {
    because: `${quoted([...new Set(uncertain.map(({ effect }) => effect))])} was begun in ${uncertain.length} runs that are over, and nobody knows whether it happened`,
    nextAction: 'Look at its target for each, and start the work again with `{"rerun": true}` where it did not happen.',
    runs: uncertain,
  });
}
