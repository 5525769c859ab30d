import { z } from 'zod';

/** What a case is for: to be mended by a change, not to get worse by one, never to break. */
export const SLICES = ['target', 'guard', 'pinned'] as const;

/** What a case is for. */
export type Slice = (typeof SLICES)[number];

/**
 * One line of a loop's `cases.jsonl`: an input, and what its output must have. `expect` is a part of an output: every
 * field in it must be in the output too, objects field by field, everything else (lists too) equal; `never` is a part that
 * it must not have. Without either the case only has to pass the loop's own verifiers. Empty lines, and lines that begin
 * with `//`, are comments.
 */
export const Case = z.strictObject({
  /** Unique in its file: results are kept by it. */
  id: z.string().min(1).max(200),
  /** Which loop it is of, where the folder has several. */
  loop: z.string().optional(),
  input: z.json(),
  expect: z.json().optional(),
  /** What a person refused: no output may have all of it again. */
  never: z.json().optional(),
  /** `target`: to be mended by a change; `guard`: must not get worse; `pinned`: must never break. */
  slice: z.enum(SLICES).default('guard'),
  /** Cases of one ticket, thread or customer: together they have one vote. Default: each its own. */
  related: z.string().min(1).max(200).optional(),
  /** Why it is there, for people. */
  note: z.string().max(2000).optional(),
});
/** One eval item of a loop: an input, what is expected of its output, and its slice. */
export type Case = z.infer<typeof Case>;

/** Where cases come from: a file, what a person decided about a run, or a run that ended without a result. */
export const CASE_SOURCES = ['file', 'approval', 'edit', 'audit', 'rejection', 'outcome'] as const;

/** A case as the store keeps it. */
export const KeptCase = Case.omit({ loop: true, related: true }).extend({
  loop: z.string(),
  related: z.string(),
  source: z.enum(CASE_SOURCES),
  /** Failure cluster that it belongs to (its fingerprint), where the run that it grew from went wrong. */
  cluster: z.string().optional(),
  /** Run and lesson that it grew from. Runs of the case read lessons before that one only: its answer must not be among them. */
  runKey: z.string().optional(),
  lesson: z.int().optional(),
  /** Never shown to a proposer: it may judge candidates. */
  sealed: z.boolean(),
  at: z.number(),
});
/** A case as the store keeps it. */
export type KeptCase = z.infer<typeof KeptCase>;

/** Most cases that one question answers. */
export const MOST_CASES = 1000;

/** Which cases of a loop to list, oldest first. */
export const CaseListQuery = z.strictObject({
  loop: z.string(),
  slice: z.enum(SLICES).optional(),
  cluster: z.string().optional(),
  source: z.enum(CASE_SOURCES).optional(),
  /** Only those that a proposer may see. */
  visible: z.boolean().optional(),
  /** Only those after this id, as the page before ended. */
  after: z.string().optional(),
  limit: z.int().min(1).max(MOST_CASES),
});
/** Which cases of a loop to list. */
export type CaseListQuery = z.infer<typeof CaseListQuery>;

/** What a case is to be for from now on. */
export const CaseMove = z.strictObject({ loop: z.string(), id: z.string(), slice: z.enum(SLICES) });
/** What a case is to be for from now on. */
export type CaseMove = z.infer<typeof CaseMove>;
