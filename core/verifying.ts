import type { Criterion } from '../contract/verdict.ts';

/** A verifier, as far as its turn depends on it. */
export interface Turn {
  readonly kind: 'check' | 'judge' | 'panel' | 'pairwise' | 'human';
  readonly opinion: boolean;
}

/** What comes first costs nothing; a person's time is the dearest. */
const ORDER = ['check', 'judge', 'panel', 'pairwise', 'human'] as const;

/**
 * Verifiers in the order of their turns: cheap and certain ones first. Schema and evals come before all of them; among
 * checks an opinion comes after what is certain. Those of one kind stay in their author's order.
 */
export function inTurn<V extends Turn>(verifiers: readonly V[]): readonly V[] {
  return verifiers.toSorted((one, other) => turnOf(one) - turnOf(other));
}

function turnOf({ kind, opinion }: Turn): number {
  return 2 * ORDER.indexOf(kind) + (kind === 'check' && opinion ? 1 : 0);
}

/** Whether asking a verifier costs nothing and says something certain: then it is asked whatever others found, so that all it finds can be mended at once. */
export function isFree({ kind, opinion }: Turn): boolean {
  return kind === 'check' && !opinion;
}

/** Whether a criterion settles the matter: it fails, and nobody may overrule it. */
export function isCertainFail({ verdict, opinion }: Criterion): boolean {
  return verdict === 'fail' && opinion !== true;
}
