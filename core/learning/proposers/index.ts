import type { ChangeKind } from '../../../contract/candidate.ts';
import { askLess } from './ask-less.ts';
import { askMore } from './ask-more.ts';
import { correctedExamples } from './corrected-examples.ts';
import { narrowContract } from './narrow-contract.ts';
import type { Draft, Ground, Proposer } from './proposer.ts';
import { repeatedRejection } from './repeated-rejection.ts';
import { otherRoute } from './routing.ts';

/** Proposers that need no model. Of equal gains the earlier one's comes first: it asks the least of people and of money. */
const BUILT_IN: readonly Proposer[] = [
  correctedExamples,
  repeatedRejection,
  otherRoute,
  narrowContract,
  askMore,
  askLess,
];

/** What the built-in proposers have to say, all together. */
export interface Proposals {
  /** The largest gain first. */
  readonly drafts: readonly Draft[];
  /** Why a proposer has nothing, in words. */
  readonly silent: readonly string[];
}

/** Asks every built-in proposer of the kinds. */
export function proposals(ground: Ground, kinds: readonly ChangeKind[]): Proposals {
  const asked = BUILT_IN.filter(({ change }) => kinds.includes(change));
  const drafts: Draft[] = [];
  const silent: string[] = [];
  for (const { name, propose } of asked) {
    const proposal = propose(ground);
    if (proposal.kind === 'drafts') drafts.push(...proposal.drafts);
    else silent.push(`${name}: ${proposal.because}`);
  }
  return { drafts: drafts.toSorted((a, b) => b.gain - a.gain), silent };
}
