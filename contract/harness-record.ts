import { z } from 'zod';
import { Candidate } from './candidate.ts';
import { HarnessMove, VersionName } from './harness-move.ts';

/** `current`: new runs take it. `earlier`: they did once. `unpromoted`: they never did, so a run that names it runs dry. */
export const HARNESS_STATES = ['current', 'earlier', 'unpromoted'] as const;

/** A harness version without its body. */
export const HarnessLine = z.object({
  version: VersionName,
  state: z.enum(HARNESS_STATES),
  /** `file`, `candidate`, or `erasure`: what ran before, without what was erased. */
  source: z.string(),
  digest: z.string(),
  /** What was proposed, where it came from a candidate. */
  candidate: Candidate.optional(),
  /** Its newest promotion: by whom, and on what evidence. */
  promotion: HarnessMove.optional(),
  at: z.number(),
});
/** A harness version without its body. */
export type HarnessLine = z.infer<typeof HarnessLine>;

/** A harness version with its body: `harness.yaml` as JSON, every default written out. */
export const HarnessBody = HarnessLine.extend({ loop: z.string(), body: z.json() });
/** A harness version with its body. */
export type HarnessBody = z.infer<typeof HarnessBody>;

/** All that is on record of a loop's harness. */
export const HarnessRecord = z.object({
  loop: z.string(),
  current: VersionName,
  /** What a rollback without a target goes back to. */
  before: VersionName.optional(),
  /** Newest first, as the moves are. */
  versions: z.array(HarnessLine),
  moves: z.array(HarnessMove),
});
/** All that is on record of a loop's harness. */
export type HarnessRecord = z.infer<typeof HarnessRecord>;

const by = {
  /** Drawn by who asks, so that asking twice moves once. */
  key: z.string().min(8).max(200),
  reason: z.string().trim().min(1).max(2000),
};

/** A person lets a loop run on a candidate. */
export const PromoteRequest = z.strictObject({
  ...by,
  version: VersionName,
  /** What the loop must run on now. */
  expected: VersionName,
  /** Although nothing has proven that it is better. */
  unproven: z.boolean().default(false),
});
/** A person lets a loop run on a candidate. */
export type PromoteRequest = z.infer<typeof PromoteRequest>;

/** A person lets a loop run on an earlier version again. */
export const RollbackRequest = z.strictObject({
  ...by,
  /** Default: what it ran on before the newest move that was not taken back. */
  to: VersionName.optional(),
  /** What the loop must run on now. Default: anything. */
  expected: VersionName.optional(),
});
/** A person lets a loop run on an earlier version again. */
export type RollbackRequest = z.infer<typeof RollbackRequest>;

/** A move that was made. */
export const HarnessMoved = z.object({ current: VersionName, move: HarnessMove });
/** A move that was made. */
export type HarnessMoved = z.infer<typeof HarnessMoved>;
