import type { CandidateManifest, ChangeKind } from '../../../contract/candidate.ts';
import type { Harness } from '../../../contract/harness.ts';
import { eValue } from '../evidence.ts';
import type { TrialRules } from '../gate.ts';

/** An answer of the loop that a person has decided about. */
export interface PastAnswer {
  /** Case that grew from it, where one did. */
  readonly caseId?: string;
  readonly input: unknown;
  /** What the loop had answered, before anybody corrected it. */
  readonly output: unknown;
  readonly right: boolean;
  /** A verifier held it: whatever an approval rule says, a person was asked. */
  readonly held?: boolean;
  /** What a person made of it, where they mended it. */
  readonly corrected?: unknown;
  /** What they said about it. */
  readonly note?: string;
  /** Whether a person has read all of it and lets it shape an instruction: it came from outside. */
  readonly mayInstruct?: boolean;
  /** Failure cluster that it belongs to, where it was wrong. */
  readonly cluster?: string;
}

/** A model route that a harness of the loop may name. */
export interface RouteFact {
  readonly name: string;
  /** `local`: the embedded learner, which says how sure it is. */
  readonly kind: 'model' | 'local';
  /** USD for a million tokens in and out together, where it has a price. */
  readonly usdPerMillion?: number;
}

/** All that a proposer goes by. Nothing in it comes from a sealed case. */
export interface Ground {
  readonly harness: Harness;
  /** Failure cluster to be mended; without one, whatever is wrong. */
  readonly cluster?: string;
  /** Oldest first. */
  readonly answers: readonly PastAnswer[];
  readonly routes: readonly RouteFact[];
  /** What the loop does with its outputs. */
  readonly effects: readonly string[];
}

/** A change that is proposed: the harness as it would be, and what the proposer says of it. */
export interface Draft {
  readonly change: ChangeKind;
  readonly harness: Harness;
  readonly manifest: CandidateManifest;
  /** Past answers that it would have mended, less those that it would have spoilt. */
  readonly gain: number;
}

/** What a proposer has to say: its drafts, the best first, or why it has none, in words. */
export type Proposal =
  | { readonly kind: 'drafts'; readonly drafts: readonly Draft[] }
  | { readonly kind: 'none'; readonly because: string };

/** Works out a change of one kind from what people decided. Pure: the same ground gives the same drafts. */
export interface Proposer {
  readonly name: string;
  readonly change: ChangeKind;
  propose(this: void, ground: Ground): Proposal;
}

/** Fewer failures than this are no pattern. */
export const FEWEST_FAILURES = 3;

/** Of all failures that a proposal is about, it has to mend this share at least: with many things to look at, a few always have something in common. */
const PATTERN_SHARE = 0.1;

/** Whether so many of the failures are more than chance. */
export function isPattern(found: number, failures: number): boolean {
  return found >= Math.max(FEWEST_FAILURES, failures * PATTERN_SHARE);
}

/** The wrong answers that a proposal is about. */
export function failuresOf({ answers, cluster }: Pick<Ground, 'answers' | 'cluster'>): readonly PastAnswer[] {
  return answers.filter((answer) => !answer.right && (cluster === undefined || answer.cluster === cluster));
}

/** The answers that were right: none of them may be spoilt. */
export function rightOf({ answers }: Pick<Ground, 'answers'>): readonly PastAnswer[] {
  return answers.filter(({ right }) => right);
}

/**
 * Whether the trial of a change for all work would prove it by now, were its target cases like the answers that are seen: they
 * are half as many, and as many at most as a trial runs. What it could not prove yet is not worth its runs.
 */
export function wouldProve(
  { answers }: Pick<Ground, 'answers'>,
  rules: TrialRules,
  fixes: number,
  breaks: number,
): boolean {
  const share = Math.min(0.5, rules.targetMost / Math.max(1, answers.length));
  return eValue(fixes * share, breaks * share, rules.floor) >= rules.threshold;
}

/** Most cases that a manifest names. */
const MOST_CASES = 1000;

/** Ids of the cases that grew from answers. */
export function caseIds(answers: readonly PastAnswer[]): string[] {
  return answers.flatMap(({ caseId }) => (caseId === undefined ? [] : [caseId])).slice(0, MOST_CASES);
}

/** Nothing to propose, because. */
export function nothing(because: string): Proposal {
  return { kind: 'none', because };
}

/** What a built-in proposer says of its change. */
export function manifestOf(
  name: string,
  { cluster }: Pick<Ground, 'cluster'>,
  said: Pick<CandidateManifest, 'summary' | 'fixes' | 'risks'>,
): CandidateManifest {
  return { ...said, ...(cluster === undefined ? {} : { cluster }), proposer: `builtin:${name}` };
}
