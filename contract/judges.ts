import { z } from 'zod';
import type { Digest, Timestamp } from './names.ts';
import type { Criterion } from './verdict.ts';

/**
 * What a judge's word counts for. `uncalibrated`: too few people have said whether it is right, so it counts as its loop
 * says, and is no ground for letting the loop do more. `gating`: shown to be good enough. `advisory`: shown not to be, so
 * its no asks a person.
 */
export const JUDGE_STANDINGS = ['uncalibrated', 'gating', 'advisory'] as const;

/** What a judge's word counts for. */
export type JudgeStanding = (typeof JUDGE_STANDINGS)[number];

/** How often a judge was right of how often it could be. */
const counted = z.object({ right: z.int(), of: z.int() });

/** The same, with the lower end of where the rate lies with 95 % confidence. */
const rate = counted.extend({ low: z.number() });

/** What is known of a judge, in numbers. */
export const JudgeFigures = z.object({
  /** Of what people took as it was, what it had let through (TPR): where people would have been asked whatever it said. */
  passes: rate,
  /** Of what people refused or changed, what it had held (TNR): the same. */
  fails: rate,
  /** Lately, the two at their best: every word of the judge that nobody has spoken about counts as right. */
  best: z.object({ passes: counted, fails: counted }),
  /** Agreement with people beyond chance (Cohen, 1960); absent where there is nothing to agree about. */
  kappa: z.number().optional(),
  /** Accepted artefacts that it was shown under other work's input, and how many of them it held. Easier than what people refuse: it says that a judge is bad, never that it is good. */
  swapped: z.object({ held: z.int(), of: z.int() }).optional(),
  /** Comparisons that had another winner in the other order, of all. */
  orders: z.object({ changed: z.int(), of: z.int() }),
  /** Evidence that it disagrees with people more often lately than before; 1 is none. */
  drift: z.number(),
});
/** What is known of a judge, in numbers. */
export type JudgeFigures = z.infer<typeof JudgeFigures>;

/** A judge, panel or comparison of a stage, and what its word counts for. */
export const Calibration = z.object({
  loop: z.string(),
  stage: z.string(),
  judge: z.string(),
  standing: z.enum(JUDGE_STANDINGS),
  /** Why, in words with figures. */
  because: z.string(),
  figures: JudgeFigures,
});
/** A judge, panel or comparison of a stage, and what its word counts for. */
export type Calibration = z.infer<typeof Calibration>;

/** A change of standing, as it is kept: nothing of it is ever changed. */
export interface JudgeRecord extends Calibration {
  readonly at: Timestamp;
}

/** So many of a loop's newest artefacts, and of those that people decided on, say how good its judges are. */
export const JUDGED_ARTEFACTS = 2000;

/** An artefact that verifiers judged, and what people did with it. */
export interface JudgedArtefact {
  readonly runKey: string;
  /** Name of the stage, such as `main`. */
  readonly stage: string;
  readonly artefact: Digest;
  /** Who made it. */
  readonly author: string;
  readonly criteria: readonly Criterion[];
  /** A person would have been asked about it whatever the verifiers said. */
  readonly ask: boolean;
  /** Whether it is one of the newest, and not only of the newest that people decided on. */
  readonly lately: boolean;
  readonly at: Timestamp;
  /** `edited`: replaced by a person's own; `answered`: sent back with feedback. */
  readonly decided?: {
    readonly state: 'approved' | 'rejected' | 'edited' | 'answered';
    /** Note and feedback. */
    readonly words: string;
    readonly at: Timestamp;
  };
}

/**
 * What a judge is asked about again. `accepted`, `refused`: what people did with the artefact. `swapped`: they accepted it,
 * and it is shown under the input of other work, for which it cannot be right.
 */
export const ASKED_AGAIN = ['accepted', 'refused', 'swapped'] as const;

/** What a judge is asked about again. */
export type AskedAgain = (typeof ASKED_AGAIN)[number];

/** What a judge said when an artefact was put before it again, which it could not tell from new work. */
export interface JudgeAnswer {
  readonly loop: string;
  readonly stage: string;
  readonly judge: string;
  readonly kind: AskedAgain;
  /** Run and artefact that people decided on. */
  readonly runKey: string;
  readonly artefact: Digest;
  /** Run whose input it was shown with: its own, unless it was swapped. */
  readonly inputOf: string;
  readonly letThrough: boolean;
  /** Of a comparison: how many criteria had another winner in the other order, of all. */
  readonly orders: { readonly changed: number; readonly of: number };
  /** Run that it was put among, or the workflow that asked on demand. */
  readonly asked: string;
  readonly at: Timestamp;
}

/** What is on record about the judges of a loop. */
export interface JudgeEvidence {
  /** Newest first. */
  readonly artefacts: readonly JudgedArtefact[];
  /** Oldest first. */
  readonly answers: readonly JudgeAnswer[];
  /** The newest standing of each judge. */
  readonly standings: readonly JudgeRecord[];
}
