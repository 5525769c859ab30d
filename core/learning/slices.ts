import type { KeptCase, Slice } from '../../contract/case.ts';
import type { Experiment } from '../../contract/experiment.ts';
import { lot } from './lot.ts';

/**
 * What a case is for in an experiment; nothing where it has no part in it. A proposer may have seen what is not sealed:
 * only a pinned case counts all the same, because what must never break must not break for anybody.
 */
export function sliceIn(
  one: Pick<KeptCase, 'slice' | 'sealed' | 'cluster' | 'related' | 'at'>,
  { kind, cluster, openedAt }: Pick<Experiment, 'kind' | 'cluster' | 'openedAt'>,
): Slice | undefined {
  if (kind === 'eval') return one.slice;
  // Its cases are chosen by what the lesson is about.
  if (kind === 'ablation') return 'guard';
  // What was promoted is watched on what came after it.
  if (kind === 'watch') return one.at > openedAt ? 'guard' : undefined;
  if (one.slice === 'pinned') return 'pinned';
  if (!one.sealed) return undefined;
  // What is meant for all work is tried on half of it, and may break nothing in the other half.
  if (cluster === undefined) return lot(`slice/${one.related}`) < 0.5 ? 'target' : 'guard';
  return one.cluster === cluster || (one.cluster === undefined && one.slice === 'target') ? 'target' : 'guard';
}

/** A case, and what it is for in an experiment. */
export interface Part {
  readonly one: KeptCase;
  readonly slice: Slice;
}

/** The cases that have a part in an experiment. Of one with a limit the pinned ones are the last to be left out. */
export function partsOf(experiment: Experiment, cases: readonly KeptCase[]): readonly Part[] {
  const parts = cases.flatMap((one): Part[] => {
    const slice = sliceIn(one, experiment);
    return slice === undefined ? [] : [{ one, slice }];
  });
  if (experiment.most === undefined) return parts;
  return parts
    .toSorted((a, b) => Number(b.slice === 'pinned') - Number(a.slice === 'pinned'))
    .slice(0, experiment.most);
}

/** How many cases there are of each slice. */
export function countsOf(parts: readonly Part[]): Record<Slice, number> {
  const counts = { target: 0, guard: 0, pinned: 0 };
  for (const { slice } of parts) counts[slice] += 1;
  return counts;
}
