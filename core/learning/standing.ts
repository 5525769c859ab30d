import type { Slice } from '../../contract/case.ts';
import type { Experiment, Grade, Standing } from '../../contract/experiment.ts';
import { ablationStands } from './ablation.ts';
import { evalVerdict } from './eval-verdict.ts';
import { rulesOf, weigh, weighWatch, type TrialRules } from './gate.ts';
import { pairsOf } from './pairs.ts';
import { countsOf, type Part } from './slices.ts';

/** How an experiment stands, by all the grades that it has. */
export interface Stands {
  readonly standing: Standing;
  readonly because: string;
  /** Nothing that may come changes it. */
  readonly closed: boolean;
  /** Cases of which slice are wanted next; any where it is absent. */
  readonly need?: Slice;
}

/** Weighs an experiment anew from its grades. */
export function standingOf(experiment: Experiment, parts: readonly Part[], grades: readonly Grade[]): Stands {
  if (experiment.kind === 'eval') return evalStands(experiment, parts, grades);
  const pairs = pairsOf(grades, experiment.change);
  if (experiment.kind === 'ablation') return ablationStands(pairs, parts.length);
  if (experiment.kind === 'watch') {
    const { standing, because } = weighWatch(pairs);
    return { standing, because, closed: standing !== 'collecting' };
  }
  const { standing, because, need } = weigh(pairs, trialRules(experiment, parts), countsOf(parts));
  return {
    standing,
    because,
    closed: standing === 'refuted' || standing === 'proven',
    ...(need === undefined ? {} : { need }),
  };
}

/** What a trial has to show. Cases that have come since it began count beyond what it runs at most: a trial that is inconclusive goes on with them. */
export function trialRules(
  { change = 'instruction', widens, atLeast, openedAt }: Experiment,
  parts: readonly Part[],
): TrialRules {
  const rules = rulesOf(change, widens, atLeast);
  const since = parts.filter(({ one, slice }) => slice === 'target' && one.at > openedAt).length;
  return { ...rules, targetMost: rules.targetMost + since };
}

/** An eval is done when every case has its grades. With two versions the evidence for the second is part of what is said. */
function evalStands({ atLeast = 0 }: Experiment, parts: readonly Part[], grades: readonly Grade[]): Stands {
  const own = grades.filter(({ arm }) => arm === 'candidate');
  if (own.length < parts.length)
    return { standing: 'collecting', because: `${own.length} of ${parts.length} cases have run`, closed: false };
  const { verdict, because } = evalVerdict(own, parts.length, atLeast);
  const standing = ({ pass: 'proven', fail: 'refuted', inconclusive: 'inconclusive' } as const)[verdict];
  return { standing, because, closed: true };
}
