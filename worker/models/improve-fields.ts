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
      loops: z.array(z.string().min(1)).optional().describe('Loops that do so. Default: all of the worker.'),
    })
    .optional()
    .describe(
      'Starts `improve` where failures repeat. A person decides about every change all the same. Default: only people and schedules start it.',
    ),
};
