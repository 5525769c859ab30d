import { z } from 'zod';
import { CANDIDATE_STATES } from './candidate.ts';

/** Who said that something went wrong: people (notes, edits), or the loop's own verifiers. They are never mixed. */
export const FEEDBACK = ['human', 'model'] as const;

/** Who said that something went wrong. */
export type Feedback = (typeof FEEDBACK)[number];

/** That a run went wrong, and in which way. */
export interface Failure {
  readonly loop: string;
  /** Its fingerprint: runs that went wrong in the same way have the same one. */
  readonly cluster: string;
  readonly feedback: Feedback;
  /** The lesson that says so. */
  readonly lesson: number;
  readonly runKey: string;
  readonly at: number;
}

/** Runs of a loop that went wrong in the same way. */
export const Cluster = z.object({
  loop: z.string(),
  cluster: z.string(),
  feedback: z.enum(FEEDBACK),
  /** Runs in the window; one that went wrong in the same way twice counts once. */
  count: z.int(),
  /** Of all failures of the loop in the window, from 0 to 1. */
  share: z.number(),
  /** Newest of its runs, at most five, newest first. */
  runs: z.array(z.string()),
  /** What was said at the newest of them. */
  said: z.string(),
  lastAt: z.number(),
  /** Cases that it has left, and how many of them no proposer is shown. */
  cases: z.int(),
  sealed: z.int(),
  /** The newest change that was proposed to mend it. */
  candidate: z.object({ digest: z.string(), version: z.string(), state: z.enum(CANDIDATE_STATES) }).optional(),
});
/** Runs of a loop that went wrong in the same way. */
export type Cluster = z.infer<typeof Cluster>;

/** Which failures make clusters: those of so many days, of them at most the newest so many. */
export const CLUSTER_WINDOW = { days: 30, newest: 1000 } as const;
