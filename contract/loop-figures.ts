import type { KeptCase } from './case.ts';
import type { Outcome } from './outcomes.ts';

/** What became of a loop's runs, in numbers. Money is integer micro-USD. */
export interface LoopFigures {
  readonly loop: string;
  /** The harness version that new runs are pinned to. */
  readonly version: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Runs that are not closed. */
  readonly open: number;
  /** Versions of gates that wait for people. */
  readonly waiting: number;
  readonly lessons: number;
  /** Booked for all of its runs, calls in flight at their worst case. */
  readonly costMicroUsd: number;
  /** The same, of the UTC day. */
  readonly todayMicroUsd: number;
  /** Its cap a day, where one of its runs has asked for money today. */
  readonly capMicroUsd?: number;
}

/** How people decide at a loop's gates: who approves all in no time does not look. */
export interface DecisionFigures {
  readonly approved: number;
  readonly edited: number;
  readonly rejected: number;
  /** From opening to decision, in the middle, in milliseconds; absent without decisions. */
  readonly medianMs?: number;
}

/** A harness version, in one line. */
export interface VersionLine {
  readonly version: number;
  /** `file`, or how else it came. */
  readonly source: string;
  readonly digest: string;
  readonly promoted: boolean;
  readonly at: number;
}

/** Cases of a loop that are of one slice and one source, sealed or not. */
export interface CaseCount {
  readonly slice: KeptCase['slice'];
  readonly source: KeptCase['source'];
  readonly sealed: boolean;
  readonly count: number;
}
