import { z } from 'zod';

/** A run that was open when a backup was made. */
const openRun = z.object({ workflowId: z.string(), loop: z.string() });

/** What the store in a backup holds. */
export const StoreFacts = z.object({
  /** Its newest migration. */
  schema: z.string(),
  /** Rows by table. */
  counts: z.record(z.string(), z.int()),
  openRuns: z.array(openRun),
  /** Effects that were begun and not yet done. */
  begunEffects: z.int(),
});
/** What the store in a backup holds. */
export type StoreFacts = z.infer<typeof StoreFacts>;

/** `manifest.json` of a backup: what is in it, and how to know that it still is. */
export const BackupManifest = z.object({
  format: z.literal(1),
  /** Version of the program that made it. */
  madeBy: z.string(),
  /** The moment that it is of, in milliseconds since 1970. */
  at: z.int(),
  store: StoreFacts,
  files: z.array(
    z.object({
      /** In the backup and in the data folder, with `/` between. */
      path: z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\\]+$/, 'expected a path inside the backup'),
      bytes: z.int(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
/** `manifest.json` of a backup: what is in it, and how to know that it still is. */
export type BackupManifest = z.infer<typeof BackupManifest>;
