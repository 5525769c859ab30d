import { z } from 'zod';

/**
 * What people are told. Of an approval: it waits, it still waits, more may decide it, its time is nearly over, it was
 * decided, nobody decided it, it needs nobody any more. Of an alert: it was raised, it is over.
 */
export const NOTICE_EVENTS = [
  'opened',
  'reminder',
  'escalated',
  'expiring',
  'decided',
  'expired',
  'withdrawn',
  'raised',
  'cleared',
] as const;
/** What people are told. */
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** Where a notice to a channel stands: it waits, it was sent, there was no point in it any more, or it was given up after a day. */
export const LETTER_STATES = ['waiting', 'sent', 'withdrawn', 'failed'] as const;
/** Where a notice to a channel stands. */
export type LetterState = (typeof LETTER_STATES)[number];

/** Most letters that one question may ask for. */
export const MOST_LETTERS = 1000;

/** One notice to one channel. Times are milliseconds since 1970. */
export const Letter = z.object({
  /** What the notice is: about whom, which event and, of several alike, which one. */
  id: z.string(),
  channel: z.string(),
  event: z.enum(NOTICE_EVENTS),
  /** `approval` or `alert`, of which digest or key, since when. */
  subject: z.string(),
  dueAt: z.number(),
  /** Since when it is tried. */
  plannedAt: z.number(),
  state: z.enum(LETTER_STATES),
  attempts: z.int(),
  /** When it is tried next, where it waits. */
  nextAt: z.number().exactOptional(),
  /** When it was tried last. */
  begunAt: z.number().exactOptional(),
  settledAt: z.number().exactOptional(),
  /** The message that it shares with others, where more waited than a channel takes. */
  together: z.string().exactOptional(),
  /** What went wrong when it was tried last, or why there was no point in it. */
  problem: z.string().exactOptional(),
});
/** One notice to one channel. */
export type Letter = z.infer<typeof Letter>;

/** Which letters to list, newest first. */
export const LetterQuery = z.strictObject({
  channel: z.string().optional(),
  state: z.enum(LETTER_STATES).optional(),
  limit: z.int().min(1).max(MOST_LETTERS),
});
/** Which letters to list, newest first. */
export type LetterQuery = z.infer<typeof LetterQuery>;
