import { z } from 'zod';

/** The field of `loopwright.yaml` that lets loops improve by themselves. */
export const improveFields = {
  improve: z
    .strictObject({
      repeats: z
        .int()
        .min(2)
        .max(1000)
        .default(5)
        .describe(
          'Failures of one cluster (in 30 days) after which a change is looked for, and again after as many more.',
        ),
      budgetUsd: z
        .number()
        .min(0)
        .max(10_000)
        .default(2)
        .describe('USD that the runs of the cases of one trial may cost together.'),
      ablations: z
        .strictObject({
          perDay: z
            .int()
            .min(0)
            .max(100)
            .default(1)
            .describe('Lessons of a loop that are tried a day (UTC), one after the other; 0: none.'),
          budgetUsd: z
            .number()
            .min(0)
            .max(10_000)
            .default(2)
            .describe(
              'USD that the runs of the cases of one may cost together; all of a day at most half of `limits.usdPerDay` of the loop.',
            ),
        })
        .prefault({})
        .describe(
          'Finds out what lessons are worth: runs of cases with one and without it. One that does harm is retired.',
        ),
      loops: z.array(z.string().min(1)).optional().describe('Loops that do so. Default: all of the worker.'),
    })
    .optional()
    .describe(
      'Starts `improve` where failures repeat. A person decides about every change all the same. Default: only people and schedules start it.',
    ),
};
