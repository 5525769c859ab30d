import type { KeptCase } from '../../contract/case.ts';
import type { Experiment, Standing } from '../../contract/experiment.ts';
import { ABLATION_OF } from '../../contract/kept-lesson.ts';
import { canonicalJson } from '../canonical.ts';
import { ngramVector } from '../reader/ngrams.ts';
import { sparseCosine } from '../reader/vector.ts';
import { eValue } from './evidence.ts';
import { NOTHING_RUN, tallies, type Pair } from './tally.ts';

/** Evidence from which on a lesson is known to do harm, or to help: that of an example which is to be proven (DESIGN §8). */
const SHOWN = 10;

/** The lesson that an ablation leaves out of its second arm; undefined of any other experiment. */
export function leftOut({ kind, cluster = '' }: Pick<Experiment, 'kind' | 'cluster'>): number | undefined {
  return kind === 'ablation' && cluster.startsWith(ABLATION_OF) ? Number(cluster.slice(ABLATION_OF.length)) : undefined;
}

/**
 * The cases that a lesson is tried on: those that could know it, nearest to what it was learnt from first, because it is
 * shown to no others.
 */
export function casesFor(
  { id, input }: { readonly id: number; readonly input: unknown },
  cases: readonly KeptCase[],
): readonly KeptCase[] {
  const wanted = ngramVector(canonicalJson(input));
  return cases
    .filter(({ lesson }) => lesson === undefined || lesson > id)
    .map((one) => ({ one, likeness: sparseCosine(wanted, ngramVector(canonicalJson(one.input))) }))
    .toSorted((a, b) => b.likeness - a.likeness || (a.one.id < b.one.id ? -1 : 1))
    .map(({ one }) => one);
}

/** What leaving a lesson out has shown: `refuted` that it does harm, `proven` that it helps. Fixes are of the arm without it. */
export function ablationStands(
  pairs: readonly Pair[],
  of: number,
): { readonly standing: Standing; readonly because: string; readonly closed: boolean } {
  // Both were watched all along: what was shown once stays shown.
  const along = tallies(pairs, 0.5);
  const { fixes, breaks } = along.at(-1) ?? NOTHING_RUN;
  const counts = `without it ${fixes} more of ${pairs.length} cases pass, and ${breaks} fewer`;
  if (along.some((one) => eValue(one.fixes, one.breaks) >= SHOWN))
    return { standing: 'refuted', because: `it does harm: ${counts}`, closed: true };
  if (along.some((one) => eValue(one.breaks, one.fixes) >= SHOWN))
    return { standing: 'proven', because: `it helps: ${counts}`, closed: true };
  if (pairs.length < of) return { standing: 'collecting', because: counts, closed: false };
  return { standing: 'inconclusive', because: `nothing is shown: ${counts}`, closed: true };
}
