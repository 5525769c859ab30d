import type { ReviewAnswer } from '../../contract/review-answer.ts';

/** The six parts of a loop (the article's), each with two checks. */
export const PARTS = ['trigger', 'context', 'verifier', 'state', 'stop', 'learning'] as const;

/** One of the six parts. */
export type Part = (typeof PARTS)[number];

/** The twelve checks. */
export type CheckId =
  | 'trigger.explicit'
  | 'trigger.deduplicated'
  | 'context.bounded'
  | 'context.sorted'
  | 'verifier.independent'
  | 'verifier.refuses'
  | 'state.recorded'
  | 'state.typed'
  | 'stop.limits'
  | 'stop.help'
  | 'learning.places'
  | 'learning.worked';

/** How a check stands: what was seen and where, and what to do next unless it is done. */
export type Standing =
  | { readonly state: 'done'; readonly because: string; readonly seenIn: string }
  | { readonly state: 'open'; readonly because: string; readonly seenIn: string; readonly nextAction: string }
  /** Cannot be measured: a person has to say. `stale` is what was said too long ago to count. */
  | {
      readonly state: 'asked';
      readonly because: string;
      readonly seenIn: string;
      readonly nextAction: string;
      readonly question: string;
      readonly stale?: ReviewAnswer;
    };

/** A check of a loop and how it stands. */
export type CheckResult = Standing & { readonly part: Part; readonly check: CheckId };

/** The article's five mistakes. */
export type FindingName = 'PromptOnly' | 'NoIndependentCheck' | 'FuzzyMemory' | 'NoOperations' | 'ProtocolOnly';

/** One of the five mistakes, seen in a loop. */
export interface Finding {
  readonly name: FindingName;
  readonly because: string;
  readonly nextAction: string;
  /** The loop may not start with it. */
  readonly refuses: boolean;
}

/** What a review says of a loop. */
export interface Review {
  readonly loop: string;
  /** Of {@link Review.total}. */
  readonly done: number;
  readonly total: number;
  /** By part, in the order of {@link PARTS}. */
  readonly checks: readonly CheckResult[];
  readonly findings: readonly Finding[];
}
