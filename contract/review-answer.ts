import { z } from 'zod';
import type { Timestamp } from './names.ts';

/** What a person said about a loop where a review cannot measure. */
export interface ReviewAnswer {
  readonly loop: string;
  /** Id of the check that it decides, such as `trigger.explicit`. */
  readonly check: string;
  /** `yes`, `no`, or in words. */
  readonly answer: string;
  readonly note?: string;
  readonly by: string;
  readonly at: Timestamp;
}

const given = z
  .union([z.boolean(), z.string().trim().min(1).max(500)])
  .transform((answer) => (typeof answer === 'string' ? answer : answer ? 'yes' : 'no'));

/** A file of answers: by loop and check, `{ answer, note? }` or the answer alone. */
export const ReviewAnswersFile = z.record(
  z.string(),
  z.record(
    z.string(),
    z.union([
      given.transform((answer) => ({ answer, note: undefined })),
      z.strictObject({ answer: given, note: z.string().trim().min(1).max(2000).optional() }),
    ]),
  ),
);
