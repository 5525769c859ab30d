import { z } from 'zod';
import { Candidate } from './candidate.ts';
import { KeptCase } from './case.ts';
import { Cluster, FEEDBACK } from './cluster.ts';
import { OUTCOMES } from './outcomes.ts';

/** What a brief on a loop is made from. Nothing in it comes from a sealed case. */
export const BriefFacts = z.object({
  loop: z.string(),
  /** Harness version that the loop runs on. */
  harness: z.string(),
  /** When it was looked up, in milliseconds since 1970. */
  at: z.number(),
  /** Runs by how they ended. */
  outcomes: z.partialRecord(z.enum(OUTCOMES), z.int()),
  costMicroUsd: z.number(),
  /** How people decided at its newest gates; `medianMs` is from opening to decision. */
  decisions: z.object({
    approved: z.int(),
    edited: z.int(),
    rejected: z.int(),
    medianMs: z.number().optional(),
  }),
  clusters: z.array(Cluster),
  /** Cases of what went wrong, newest first. */
  cases: z.array(KeptCase),
  /** What was proposed so far, newest first. */
  candidates: z.array(Candidate),
});
/** What a brief on a loop is made from. */
export type BriefFacts = z.infer<typeof BriefFacts>;

/** The parts of a loop that a recommendation may be for, in the order in which a brief goes through them. */
export const BRIEF_PARTS = [
  'context',
  'generator',
  'verifiers',
  'tools',
  'routing',
  'approval',
  'observability',
] as const;

/** A part of a loop that a recommendation may be for. */
export type BriefPart = (typeof BRIEF_PARTS)[number];

const grade = z.enum(['high', 'medium', 'low']);

/** A change that a brief recommends. */
export const Recommendation = z.object({
  /** From 1: the first is worth the most. */
  rank: z.int(),
  part: z.enum(BRIEF_PARTS),
  /** The change in a sentence. */
  change: z.string(),
  /** Why, in words. */
  because: z.string(),
  /** Share of what went wrong, or of the runs, that it is about, from 0 to 1, and how large that is. */
  share: z.number(),
  impact: grade,
  /** By how many runs it is seen. */
  confidence: grade,
  effort: z.enum(['small', 'medium', 'large']),
  /** Runs behind it, at most five, and how many there are. */
  runs: z.array(z.string()),
  count: z.int(),
  /** Ids of cases that show it. */
  cases: z.array(z.string()),
  /** How to tell whether it helped: a command. */
  validation: z.string(),
  /** Who said so; absent where it is read off figures. */
  feedback: z.enum(FEEDBACK).optional(),
  cluster: z.string().optional(),
});
/** A change that a brief recommends. */
export type Recommendation = z.infer<typeof Recommendation>;
