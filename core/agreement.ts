import type { Criterion } from '../contract/verdict.ts';

/** What one judge of several found for a criterion. */
export type Vote = Pick<Criterion, 'verdict' | 'evidence'> & {
  /** Its model. */
  readonly who: string;
};

/** What was found. */
export type Found = Pick<Criterion, 'verdict' | 'evidence' | 'order'>;

/** Characters that the votes of a panel share in their evidence, so that all of them are shown. */
const SHARED_CHARACTERS = 520;

const WORDS = { pass: 'yes', fail: 'no', inconclusive: 'nothing that counts', error: 'nothing' } as const;

/**
 * What a panel found: what all of its judges say. Where they disagree, or one of them shows nothing, nothing is proven,
 * and a person is asked, who sees who said what.
 */
export function agreed(votes: readonly Vote[]): Found {
  const [first] = votes;
  const one = votes.every(({ verdict }) => verdict === first?.verdict) ? first?.verdict : undefined;
  const each = Math.floor(SHARED_CHARACTERS / Math.max(1, votes.length));
  const said = votes.map(({ who, verdict, evidence }) => cut(`${who} says ${WORDS[verdict]}: ${evidence}`, each));
  const yes = votes.filter(({ verdict }) => verdict === 'pass').length;
  return one === 'pass' || one === 'fail'
    ? { verdict: one, evidence: said.join('; ') }
    : { verdict: 'inconclusive', evidence: `${yes} of ${votes.length} judges say yes: ${said.join('; ')}` };
}

/** Who won a comparison, with the words that show it; `nobody` where neither is better, or nothing was shown. */
export interface Win {
  readonly winner: 'artefact' | 'baseline' | 'nobody';
  readonly evidence: string;
}

/**
 * What a comparison found that was made in both orders: only a winner that wins in both is one, because judges prefer a
 * place (31–50 % of answers change with the order, reference: learning.md §3.1).
 */
export function inBothOrders(shownFirst: Win, shownSecond: Win): Found {
  const evidence = `shown first: ${said(shownFirst)}; shown second: ${said(shownSecond)}`;
  if (shownFirst.winner !== shownSecond.winner)
    return { verdict: 'inconclusive', evidence: `another winner in the other order: ${evidence}`, order: 'other' };
  if (shownFirst.winner === 'artefact') return { verdict: 'pass', evidence, order: 'same' };
  return { verdict: shownFirst.winner === 'baseline' ? 'fail' : 'inconclusive', evidence, order: 'same' };
}

function said({ winner, evidence }: Win): string {
  const who = { artefact: 'better', baseline: 'the baseline is better', nobody: 'neither is better' }[winner];
  return cut(evidence === '' ? who : `${who}, ${evidence}`, SHARED_CHARACTERS / 2);
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}…`;
}
