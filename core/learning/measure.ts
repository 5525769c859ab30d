import type { ChangeKind } from '../../contract/candidate.ts';
import type { Grade } from '../../contract/experiment.ts';

/** What a case came to in one arm, as far as a change is concerned. */
export type Measured = Grade['verdict'];

/** Kinds of changes that hold back or let through what was made, and make nothing themselves. */
const CHECKS: readonly ChangeKind[] = ['eval', 'tool', 'approval'];

/**
 * What a grade says for or against a change of a kind. What makes answers is measured by whether the answer is right and
 * was accepted; what checks them by whether it held back what is wrong, and only that.
 */
export function measured(grade: Pick<Grade, 'verdict' | 'held' | 'outcome'>, change: ChangeKind | undefined): Measured {
  const { verdict, held } = grade;
  if (verdict === 'error' || verdict === 'inconclusive') return verdict;
  const right = verdict === 'pass';
  if (change !== undefined && CHECKS.includes(change)) return held === right ? 'fail' : 'pass';
  return right && accepted(grade) ? 'pass' : 'fail';
}

/** Whether the verifiers let it through. Whether a person would have been asked too is another question. */
export function accepted({ outcome }: Pick<Grade, 'outcome'>): boolean {
  return outcome === 'dryRun' || outcome === 'accepted' || outcome === 'noWork';
}
