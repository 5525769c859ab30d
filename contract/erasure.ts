import { z } from 'zod';

/** What stands where something was erased. */
export const ERASED = '(erased)';

/** Shortest text by which a subject may be known, in characters: a shorter one is in everything. */
export const SHORTEST_SUBJECT = 3;

/** Whose content is meant: whatever names the subject, and whatever these runs left. */
export const Erasable = z
  .strictObject({
    /** An id, an address or a name, as it stands in texts. */
    subject: z.string().trim().min(SHORTEST_SUBJECT).max(500).optional(),
    /** Runs by workflow id or run key. */
    runs: z.array(z.string().min(1)).max(1000),
    /** Also where the subject is part of a longer word. */
    insideWords: z.boolean(),
  })
  .refine(({ subject, runs }) => subject !== undefined || runs.length > 0, 'Expected a subject, or a run.');
/** Whose content is meant: whatever names the subject, and whatever these runs left. */
export type Erasable = z.infer<typeof Erasable>;

const erasedRun = z.object({
  workflowId: z.string(),
  runKey: z.string(),
  firstRunId: z.string(),
  loop: z.string(),
});

/** How many of each kind: `runs`, `artefacts`, `lessons`, `decisions`, … Kinds without any are left out. */
const counts = z.record(z.string(), z.int().min(1));

/** What an erasure takes, or would take. */
export const ErasurePlan = z.object({
  /** Runs about the subject: all of their content goes. */
  runs: z.array(erasedRun),
  counts,
  /** Runs that are not closed and stand on what would go: nothing is erased under them. */
  open: z.array(erasedRun),
  /** What loops run on and names the subject outside of its examples, such as `supportTriage v3`: its owner has to change it. */
  harnesses: z.array(z.string()),
});
/** What an erasure takes, or would take. */
export type ErasurePlan = z.infer<typeof ErasurePlan>;

/** An erasure that a person asks for. */
export const ErasureOrder = z.strictObject({
  /** Made by whoever asks: the same order again changes nothing. */
  id: z.string().min(1).max(200),
  by: z.string().min(1).max(200),
  /** Milliseconds since 1970. */
  at: z.int().min(0),
  /** Why, in words that do not name the subject. */
  reason: z.string().min(1).max(500).optional(),
  /** Files beside the store that went before it. */
  files: z.int().min(0),
  of: Erasable,
});
/** An erasure that a person asks for. */
export type ErasureOrder = z.infer<typeof ErasureOrder>;

/** The record that something was erased. It does not say what. */
export const Erasure = z.object({
  id: z.string(),
  /** Milliseconds since 1970. */
  at: z.int(),
  by: z.string(),
  reason: z.string().optional(),
  /** Salted digest of the subject; absent where only runs were named. */
  subject: z.string().optional(),
  counts,
});
/** The record that something was erased. It does not say what. */
export type Erasure = z.infer<typeof Erasure>;

/** What became of an order. */
export const ErasureAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('erased'), erasure: Erasure, plan: ErasurePlan }),
  z.object({ kind: z.literal('refused'), plan: ErasurePlan }),
]);
/** What became of an order. */
export type ErasureAnswer = z.infer<typeof ErasureAnswer>;
