import { z } from 'zod';
import { duration } from './harness.ts';
import { RunOptions } from './run.ts';

/** What becomes of a time that comes while a run of the schedule is still open. `terminateOther` is not offered: a run that is killed records nothing. */
export const OVERLAPS = ['skip', 'bufferOne', 'bufferAll', 'cancelOther', 'allowAll'] as const;

/** One schedule of `schedules.yaml`. `cron` and `timezone`, or `every`. */
export const Schedule = z.strictObject({
  loop: z
    .string()
    .regex(/^[a-z][A-Za-z0-9]*$/, 'expected the name of a loop, such as weeklyReport')
    .describe('The loop whose runs it starts.'),
  input: z.record(z.string(), z.json()).default({}).describe('What each run gets, the same each time.'),
  options: RunOptions.omit({ trigger: true, rerun: true })
    .default({})
    .describe('Options of each run: they only narrow.'),
  cron: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('When: minute, hour, day of month, month, day of week; several make a list. Needs `timezone`.'),
  every: duration.optional().describe('How often, in place of `cron`, counted from 1970.'),
  timezone: z.string().optional().describe('Whose clock `cron` goes by, such as `Europe/Paris` or `UTC`.'),
  jitter: duration.optional().describe('Each run starts up to this much later, by chance.'),
  overlap: z
    .enum(OVERLAPS)
    .describe('What becomes of a time that comes while a run is open: dropped, kept (one or all), or started anyway.'),
  catchup: duration.describe('A time that Temporal missed by at most this much is made up for; at least 10 seconds.'),
  budgetUsdPerDay: z
    .number()
    .min(0)
    .max(100_000)
    .optional()
    .describe('USD that its runs may book in a UTC day; at that it is paused until the next.'),
  alertAfter: duration.default('5 minutes').describe('It is late when it has not run this long after it should have.'),
  paused: z
    .boolean()
    .default(false)
    .describe('It starts nothing. A pause by hand or by budget stays where this is false.'),
  note: z.string().max(500).optional().describe('What it is for; the Temporal UI shows it.'),
});
/** One schedule of `schedules.yaml`. */
export type Schedule = z.infer<typeof Schedule>;

/** `schedules.yaml`: what starts by the clock. */
export const Schedules = z.strictObject({
  project: z
    .string()
    .regex(/^[\w-]{1,60}$/, 'expected 1 to 60 letters, digits, - and _')
    .default('default')
    .describe('Whose they are: `--prune` removes schedules of the same project only.'),
  schedules: z
    .record(z.string().regex(/^[\w-]{1,100}$/, 'expected a name of 1 to 100 letters, digits, - and _'), Schedule)
    .default({})
    .describe('By id.'),
});
/** `schedules.yaml`: what starts by the clock. */
export type Schedules = z.infer<typeof Schedules>;

/** When a schedule should run next, as it was seen last: what a restart must not forget. Times in milliseconds since 1970. */
export const ScheduleLook = z.strictObject({
  id: z.string(),
  project: z.string(),
  /** What its times were made of: where that changes, what was expected does not hold. */
  times: z.string(),
  /** The first time for which it has not been seen to run; absent while it is paused or has no more. */
  expected: z.number().optional(),
  /** Since when it is seen paused. */
  pausedAt: z.number().optional(),
  lookedAt: z.number(),
  alertAfterMs: z.number(),
  budgetMicroUsd: z.number().optional(),
  /** Temporal's counts when `expected` was set: times that were too old to be made up for, and dropped because a run was open. */
  missed: z.number(),
  skipped: z.number(),
});
/** When a schedule should run next, as it was seen last. */
export type ScheduleLook = z.infer<typeof ScheduleLook>;

/** What is known of schedules: looks, and what their runs have booked since the UTC day began, in micro-USD by id. */
export const ScheduleRecord = z.object({ looks: z.array(ScheduleLook), spent: z.record(z.string(), z.number()) });
/** What is known of schedules. */
export type ScheduleRecord = z.infer<typeof ScheduleRecord>;

/** A schedule that was removed. */
export const ScheduleForgotten = z.strictObject({ id: z.string() });
