import type { Slice } from '../../contract/case.ts';
import type { Grade } from '../../contract/experiment.ts';
import { eValue } from './evidence.ts';

/** What a case came to in one arm. */
export type GradeVerdict = Grade['verdict'];

/** A case that was run in both arms, and what it came to in each, as it is measured for the kind of change. */
export interface Pair {
  readonly caseId: string;
  /** Place in the order that was drawn before the experiment began. */
  readonly seq: number;
  readonly slice: Slice;
  /** Cases of one ticket, thread or customer have the same: together they have one vote. */
  readonly related: string;
  readonly baseline: GradeVerdict;
  readonly candidate: GradeVerdict;
}

/** What the pairs of a slice come to. */
export interface SliceTally {
  /** Pairs that were run, whatever came of them. */
  readonly ran: number;
  /** Votes: groups of related cases of which a pair counts. */
  readonly n: number;
  /** Votes for a fix (fail → pass) and for a break (pass → fail). */
  readonly fixes: number;
  readonly breaks: number;
  /** Pairs that say nothing, because an arm has no result. */
  readonly missing: number;
  /** Evidence that one arm lacks results more often than the other, the stronger of both directions. */
  readonly uneven: number;
  /** Evidence of more fixes, its highest so far, and evidence of more breaks. */
  readonly e: number;
  readonly most: number;
  readonly harm: number;
}

/** Before anything was run. */
export const NOTHING_RUN: SliceTally = {
  ran: 0,
  n: 0,
  fixes: 0,
  breaks: 0,
  missing: 0,
  uneven: 1,
  e: 1,
  most: 1,
  harm: 1,
};

/** Whether the arms of a pair differ, and how. */
export function flipOf({ baseline, candidate }: Pair): 'fix' | 'break' | undefined {
  if (baseline === 'fail' && candidate === 'pass') return 'fix';
  return baseline === 'pass' && candidate === 'fail' ? 'break' : undefined;
}

/**
 * How a slice stood after each of its pairs, which are in the order that was drawn. Related cases have one vote, and it is that of
 * the first pair among them that differs: a vote that later ones could turn is no bet at fair odds, and the evidence no
 * supermartingale.
 */
export function tallies(pairs: readonly Pair[], floor: number): SliceTally[] {
  const now = { ...NOTHING_RUN };
  const seen = new Set<string>();
  const voted = new Set<string>();
  const lacking = { baseline: 0, candidate: 0 };
  return pairs.map((pair) => {
    const { baseline, candidate, related } = pair;
    now.ran += 1;
    if (!isResult(baseline) || !isResult(candidate)) {
      now.missing += 1;
      if (isResult(candidate)) lacking.baseline += 1;
      if (isResult(baseline)) lacking.candidate += 1;
      now.uneven = unevenOf(lacking);
      return { ...now };
    }
    seen.add(related);
    now.n = seen.size;
    const flip = flipOf(pair);
    if (flip !== undefined && !voted.has(related)) {
      voted.add(related);
      if (flip === 'fix') now.fixes += 1;
      else now.breaks += 1;
      now.e = eValue(now.fixes, now.breaks, floor);
      now.harm = eValue(now.breaks, now.fixes, 1 - floor);
      now.most = Math.max(now.most, now.e);
    }
    return { ...now };
  });
}

function unevenOf({ baseline, candidate }: { readonly baseline: number; readonly candidate: number }): number {
  return Math.max(eValue(baseline, candidate), eValue(candidate, baseline));
}

function isResult(verdict: GradeVerdict): boolean {
  return verdict === 'pass' || verdict === 'fail';
}
