import type { Grade } from '../../contract/experiment.ts';
import { percent } from '../figures.ts';
import { shareInterval } from '../interval.ts';
import { accepted } from './measure.ts';

/** Share of cases that nobody could grade, above which nothing is said of the rest. */
const MOST_MISSING = 0.05;

/** Verdict of a whole eval. */
export interface EvalVerdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly because: string;
}

/**
 * What the grades of one arm say of a version: whether at least `atLeast` of the loop's work comes out right. An empty or
 * partial result is no pass, and no share passes that the cases do not prove (Wilson's interval of 95 %).
 */
export function evalVerdict(grades: readonly Grade[], of: number, atLeast: number): EvalVerdict {
  const broken = grades.filter((grade) => grade.slice === 'pinned' && !passes(grade));
  const counted = grades.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  const right = counted.filter(passes).length;
  const missing = of - counted.length;
  const { low, high } = shareInterval(right, counted.length);
  const shown = `${right} of ${counted.length} pass (${percent(low, 1)} to ${percent(high, 1)})`;
  const first = broken.find(({ verdict }) => verdict === 'fail');
  if (first !== undefined)
    return { verdict: 'fail', because: `pinned case ${first.caseId} fails: ${first.because}; ${shown}` };
  if (of === 0) return { verdict: 'inconclusive', because: 'there are no cases' };
  if (missing / of > MOST_MISSING)
    return { verdict: 'inconclusive', because: `${missing} of ${of} cases have no grade; ${shown}` };
  if (broken.length > 0)
    return { verdict: 'inconclusive', because: `pinned case ${broken[0]?.caseId} has no grade; ${shown}` };
  if (high < atLeast) return { verdict: 'fail', because: `${shown}; ${percent(atLeast, 1)} is needed` };
  if (low >= atLeast) return { verdict: 'pass', because: `${shown}; ${percent(atLeast, 1)} is needed` };
  return {
    verdict: 'inconclusive',
    because: `${shown}; ${percent(atLeast, 1)} is needed, and these cases prove it neither way`,
  };
}

/** Whether an answer is right and was let through. */
export function passes(grade: Grade): boolean {
  return grade.verdict === 'pass' && accepted(grade);
}
