import type { ChangeKind } from '../../contract/candidate.ts';
import type { Grade } from '../../contract/experiment.ts';
import type { Pair } from './tally.ts';
import { measured } from './measure.ts';

/** The cases that both arms have run, in the order that was drawn. */
export function pairsOf(grades: readonly Grade[], change: ChangeKind | undefined): Pair[] {
  const byCase = Map.groupBy(grades, ({ caseId }) => caseId);
  return [...byCase.values()]
    .flatMap((both): Pair[] => {
      const baseline = both.find(({ arm }) => arm === 'baseline');
      const candidate = both.find(({ arm }) => arm === 'candidate');
      if (baseline === undefined || candidate === undefined) return [];
      const { caseId, seq, slice, related } = candidate;
      return [
        {
          caseId,
          seq,
          slice,
          related,
          baseline: measured(baseline, change),
          candidate: measured(candidate, change),
        },
      ];
    })
    .toSorted((a, b) => a.seq - b.seq);
}
