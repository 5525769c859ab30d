import type { KeptCase } from '../../contract/case.ts';
import type { Experiment, Standing } from '../../contract/experiment.ts';
import { ABLATION_OF, type LessonTrial } from '../../contract/kept-lesson.ts';
import { canonicalJson } from '../canonical.ts';
import { ngramVector } from '../reader/ngrams.ts';
import { sparseCosine } from '../reader/vector.ts';
import { eValue, fixesNeeded } from './evidence.ts';
import { NOTHING_RUN, tallies, type Pair } from './tally.ts';

/** Evidence from which on a lesson is known to do harm, or to help: that of an example which is to be proven (DESIGN §8). */
const SHOWN = 10;

/** Groups of cases that have to differ, all in one direction, before anything is shown: of fewer cases nothing can come. */
export const FEWEST_GROUPS = fixesNeeded(SHOWN, 0);

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
  if (of === 0) return { standing: 'inconclusive', because: 'no case has a run that would be shown it', closed: true };
  const counts = `without it ${fixes} more of ${pairs.length} cases pass, and ${breaks} fewer`;
  if (along.some((one) => eValue(one.fixes, one.breaks) >= SHOWN))
    return { standing: 'refuted', because: `it does harm: ${counts}`, closed: true };
  if (along.some((one) => eValue(one.breaks, one.fixes) >= SHOWN))
    return { standing: 'proven', because: `it helps: ${counts}`, closed: true };
  if (pairs.length < of) return { standing: 'collecting', because: counts, closed: false };
  return { standing: 'inconclusive', because: `nothing is shown: ${counts}`, closed: true };
}

/**
 * Why nobody has to find out any more what a lesson is worth; undefined where somebody has. `trials` are those of the lesson.
 * A new version may have learnt what a lesson says, so what helped is tried again on it; harm is a person's to take back.
 */
export function settledOn(harness: string, trials: readonly LessonTrial[]): string | undefined {
  if (trials.some(({ standing }) => standing === 'refuted')) return 'that did harm, active by a person since';
  const helps = trials.some((trial) => trial.harness === harness && trial.standing === 'proven');
  return helps ? `known to help ${harness}` : undefined;
}

/**
 * Why the cases whose runs would be shown a lesson are not worth running now. After a trial on this version that showed
 * nothing, it takes as many new ones as that one ran: each further try then costs twice the wait of the one before.
 */
export function tooFewCases(
  shown: readonly Pick<KeptCase, 'related' | 'at'>[],
  last: Pick<LessonTrial, 'openedAt' | 'ran'> | undefined,
): string | undefined {
  const groups = (cases: readonly Pick<KeptCase, 'related'>[]): number => new Set(cases.map((one) => one.related)).size;
  if (groups(shown) < FEWEST_GROUPS) return `shown to the runs of fewer than ${FEWEST_GROUPS} different cases`;
  if (last === undefined) return undefined;
  const fresh = shown.filter(({ at }) => at > last.openedAt);
  return groups(fresh) < FEWEST_GROUPS || fresh.length < last.ran
    ? 'that showed nothing, until as many new cases come as were tried'
    : undefined;
}
