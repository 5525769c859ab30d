import { z } from 'zod';

/** How much a loop does by itself. `L1`: it only reports. `L2`: a person approves. `L3`: unattended, but for what its approval rule asks and the audit draws. */
export const AUTONOMY_LEVELS = ['L1', 'L2', 'L3'] as const;

/** How much a loop does by itself. */
export const AutonomyLevel = z.enum(AUTONOMY_LEVELS);
/** How much a loop does by itself. */
export type AutonomyLevel = z.infer<typeof AutonomyLevel>;

/** What people said of outputs that could have been acted on without them: those that an audit drew. */
export const AuditedShare = z.object({
  /** Decided by a person, of the newest. */
  decided: z.int(),
  /** Approved as they were. */
  accepted: z.int(),
  /** Of the accepted share, with 95 % confidence. */
  low: z.number(),
  high: z.number(),
});
/** What people said of outputs that could have been acted on without them. */
export type AuditedShare = z.infer<typeof AuditedShare>;

/** A level that the record grants a loop, from a moment on. */
export const AutonomyGrant = z.object({
  loop: z.string(),
  level: AutonomyLevel,
  /** Why it is that level, in words. */
  because: z.string(),
  audited: AuditedShare,
  /** Names of the critical findings that were open. */
  critical: z.array(z.string()),
  /** Harness version that new runs had. */
  harness: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
});
/** A level that the record grants a loop, from a moment on. */
export type AutonomyGrant = z.infer<typeof AutonomyGrant>;

/** An output that could have been acted on alone, which an audit drew and a person decided. */
export interface AuditedOutput {
  readonly runKey: string;
  /** Harness version that made it. */
  readonly harness: string;
  /** Approved as it was. */
  readonly accepted: boolean;
}
