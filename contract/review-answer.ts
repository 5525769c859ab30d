import { z } from 'zod';

/** What a person said about a loop where a review cannot measure. */
export const ReviewAnswer = z.strictObject({
  loop: z.string().min(1).max(200),
  /** Id of the check that it decides, such as `trigger.explicit`. */
  check: z.string().min(1).max(200),
  /** `yes`, `no`, or in words. */
  answer: z.string().min(1).max(500),
  note: z.string().min(1).max(2000).optional(),
  by: z.string().min(1).max(200),
  /** Milliseconds since 1970. */
  at: z.int().min(0),
});
/** What a person said about a loop where a review cannot measure. */
export type ReviewAnswer = z.infer<typeof ReviewAnswer>;

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
