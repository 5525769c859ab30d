import { z } from 'zod';

/** The places where a lesson may change a harness: each is one component of it. */
export const CHANGE_KINDS = ['example', 'instruction', 'eval', 'routing', 'tool', 'approval'] as const;

/** Which component of a harness a candidate changes. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What becomes of a candidate. Only `refuted` ones are never proposed again. */
export const CANDIDATE_STATES = [
  'proposed',
  'trial',
  'proven',
  'inconclusive',
  'refuted',
  'rejected',
  'promoted',
  'rolledBack',
] as const;

/** What becomes of a candidate. */
export type CandidateState = (typeof CANDIDATE_STATES)[number];

/** What a candidate says of itself, before anybody has tried it. */
export const CandidateManifest = z.strictObject({
  /** The change in a sentence. */
  summary: z.string().min(1).max(2000),
  /** Failure cluster that it is meant to mend. */
  cluster: z.string().max(500).optional(),
  /** Ids of cases that it should mend, and what may break, in words. */
  fixes: z.array(z.string().max(200)).max(1000),
  risks: z.array(z.string().max(2000)).max(50),
  /** `builtin:<name>`, `model:<id>` or `human:<who>`. */
  proposer: z.string().min(1).max(300),
});
/** What a candidate says of itself, before anybody has tried it. */
export type CandidateManifest = z.infer<typeof CandidateManifest>;

/** A proposed change of one component of a harness, as it is kept. */
export const Candidate = z.object({
  loop: z.string(),
  /** Over base, kind and changed component: the same change of the same version again has the same one. */
  digest: z.string(),
  kind: z.enum(CHANGE_KINDS),
  /** Versions such as `v3`: what it changes, and itself. A version that was never promoted runs dry. */
  base: z.string(),
  version: z.string(),
  /** Lets a loop do more by itself than before: it needs the strongest evidence. */
  widens: z.boolean(),
  manifest: CandidateManifest,
  state: z.enum(CANDIDATE_STATES),
  /** Why it has that state, in words. */
  because: z.string().optional(),
  /** Run of `improve` that proposed it, and the newest experiment on it. */
  runKey: z.string(),
  experiment: z.string().optional(),
  at: z.number(),
  settledAt: z.number().optional(),
});
/** A proposed change of one component of a harness, as it is kept. */
export type Candidate = z.infer<typeof Candidate>;
