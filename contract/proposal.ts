import { z } from 'zod';
import { SLICES } from './case.ts';
import { CandidateManifest, CHANGE_KINDS } from './candidate.ts';
import { STANDINGS } from './experiment.ts';

/** What the cases of a slice say. */
const slice = z.strictObject({
  slice: z.enum(SLICES),
  /** Cases that both versions have run, and those of which nobody knows. */
  cases: z.int(),
  missing: z.int(),
  fixes: z.int(),
  breaks: z.int(),
});

/** A case that came out otherwise, for who decides. */
const changed = z.strictObject({
  caseId: z.string(),
  slice: z.enum(SLICES),
  /** What the case is about, cut. */
  input: z.string(),
  before: z.string(),
  after: z.string(),
});

/** Medians a run. Money is micro-USD. */
const effort = z.strictObject({ costMicroUsd: z.number(), tookMs: z.number(), askedShare: z.number() });

/** What `improve` puts before a person: a change, what cases say for it, and all that it breaks. */
export const Proposal = z.strictObject({
  loop: z.string(),
  kind: z.enum(CHANGE_KINDS),
  base: z.string(),
  version: z.string(),
  widens: z.boolean(),
  /** Of a change that lets answers through: share of them that has to be right. */
  rightAlone: z.number().exactOptional(),
  manifest: CandidateManifest,
  /** What became of the changed component: words that went as `[-…-]`, words that came as `{+…+}`. */
  diff: z.string(),
  experiment: z.string(),
  standing: z.enum(STANDINGS),
  because: z.string(),
  /** Evidence that it is better, on target cases; 1 is none. */
  e: z.number(),
  slices: z.array(slice),
  /** Of the fixes, as many as fit. */
  fixes: z.array(changed),
  /** Every break. */
  breaks: z.array(changed),
  before: effort,
  after: effort,
});
/** What `improve` puts before a person: a change, what cases say for it, and all that it breaks. */
export type Proposal = z.infer<typeof Proposal>;
