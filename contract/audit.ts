import { z } from 'zod';

/** What is on the audit log: decisions at gates, those that were refused, raised budgets, erasures, harnesses that a loop runs on, how much a loop may do by itself, who may use the gateway, and what the word of judges counts for. */
export const AUDIT_KINDS = [
  'decision',
  'refusal',
  'raise',
  'erasure',
  'harness',
  'autonomy',
  'access',
  'judge',
] as const;

/** What an entry is about. */
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** Most entries that one question may ask for. */
export const MOST_AUDIT = 1000;

/** Which entries to list, in their order. */
export const AuditQuery = z.strictObject({
  /** Only entries after this one. */
  after: z.int().min(0),
  limit: z.int().min(1).max(MOST_AUDIT),
});
/** Which entries to list, newest first. */
export interface NewestAudit {
  /** Only entries of this kind. */
  readonly kind?: AuditKind;
  /** Only entries before this one. */
  readonly before?: number;
  readonly limit: number;
}
/** Which entries to list, in their order. */
export type AuditQuery = z.infer<typeof AuditQuery>;

/** An entry as it is kept. Its hash is SHA-256 over `seq`, `at`, `kind`, `bodyDigest` and `prev`, a line each. */
export const AuditEntry = z.object({
  /** From 1, without gaps. */
  seq: z.int(),
  /** Milliseconds since 1970. */
  at: z.number(),
  kind: z.string(),
  /** JSON; of what was erased for a customer the words are gone. */
  body: z.string(),
  /** SHA-256 of the body as it was written. */
  bodyDigest: z.string(),
  /** Hash of the entry before; empty for the first. */
  prev: z.string(),
  hash: z.string(),
});
/** An entry as it is kept. */
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The newest entry at some moment: whoever keeps it elsewhere sees later whether the log was cut or written anew. */
export const AuditHead = z.object({ seq: z.int().min(0), hash: z.string(), at: z.number() });
/** The newest entry at some moment. */
export type AuditHead = z.infer<typeof AuditHead>;
