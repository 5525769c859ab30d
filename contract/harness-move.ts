import { z } from 'zod';

/** How a loop came to run on another harness: its file changed, evidence or a person promoted a candidate, somebody went back, or examples of somebody were erased. */
export const MOVE_KINDS = ['file', 'promotion', 'rollback', 'erasure'] as const;

/** How a loop came to run on another harness. */
export type MoveKind = (typeof MOVE_KINDS)[number];

/** A harness version such as `v3`. */
export const VersionName = z.string().regex(/^v[1-9]\d{0,8}$/, 'expected a harness version such as v3');

/** One move of the pointer that says which harness new runs of a loop take. Moves are added and never changed: one back is a move too. */
export const HarnessMove = z.object({
  /** Counts up over all loops. */
  id: z.int(),
  loop: z.string(),
  /** Absent for the first version of a loop. */
  from: VersionName.optional(),
  to: VersionName,
  kind: z.enum(MOVE_KINDS),
  /** Who moved it: a person, a run of `improve`, a watch, or `harness.yaml`. */
  by: z.string(),
  reason: z.string(),
  /** Experiment that speaks for it, and its e-value. */
  experiment: z.string().optional(),
  e: z.number().optional(),
  /** Promoted by a person without proof that it is better. */
  unproven: z.boolean(),
  at: z.number(),
});
/** One move of the pointer that says which harness new runs of a loop take. */
export type HarnessMove = z.infer<typeof HarnessMove>;
