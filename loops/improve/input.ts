import { z } from 'zod';
import { CHANGE_KINDS } from '../../contract/candidate.ts';

/** What `improve` is started with. */
export const ImproveInput = z.strictObject({
  loop: z.string().min(1).max(200).describe('Loop whose failures are to become a change.'),
  cluster: z
    .string()
    .max(500)
    .optional()
    .describe(
      'Failure cluster to mend; default: the one that costs the most. `loopwright lessons clusters` lists them.',
    ),
  kinds: z
    .array(z.enum(CHANGE_KINDS))
    .min(1)
    .optional()
    .describe('Kinds of change that may be proposed; default: all.'),
  candidate: z
    .json()
    .optional()
    .describe('A whole harness that somebody brings, in the place of a proposal; it may change one component.'),
  summary: z.string().max(2000).optional().describe('Of what somebody brings: the change in a sentence.'),
  by: z.string().max(200).optional().describe('Of what somebody brings: who.'),
  budgetUsd: z.number().min(0).max(10_000).default(5).describe('USD that the runs of its cases may cost together.'),
  everyMinutes: z
    .number()
    .min(0.001)
    .max(10_080)
    .default(60)
    .describe('How often a trial that is inconclusive, and a watch, look for new cases, in minutes.'),
  waitDays: z
    .number()
    .min(0)
    .max(365)
    .default(30)
    .describe('How long a trial that is inconclusive waits for new cases, in days.'),
});
/** What `improve` is started with. */
export type ImproveInput = z.infer<typeof ImproveInput>;
