import { z } from 'zod';

/**
 * One line of a loop's `cases.jsonl`: an input, and what its output must have. `expect` is a part of an output: every
 * field in it must be in the output too, objects field by field, everything else (lists too) equal. Without it the case
 * only has to pass the loop's own verifiers. Empty lines, and lines that begin with `//`, are comments.
 */
export const Case = z.strictObject({
  /** Unique in its file: results are kept by it. */
  id: z.string().min(1).max(200),
  /** Which loop it is of, where the folder has several. */
  loop: z.string().optional(),
  input: z.json(),
  expect: z.json().optional(),
  /** `target`: to be mended by a change; `guard`: must not get worse; `pinned`: must never break. */
  slice: z.enum(['target', 'guard', 'pinned']).default('guard'),
  /** Why it is there, for people. */
  note: z.string().max(2000).optional(),
});
/** One eval item of a loop: an input, what is expected of its output, and its slice. */
export type Case = z.infer<typeof Case>;
