import { z } from 'zod';

/** What money can be sorted by. */
export const COST_GROUPS = ['loop', 'day', 'model', 'outcome', 'tenant'] as const;

/** Which money to count, and how to sort it. Times are milliseconds since 1970. */
export const CostQuery = z.strictObject({
  by: z.enum(COST_GROUPS),
  loop: z.string().optional(),
  /** Only calls made at or after this time. */
  since: z.number().optional(),
  /** Only calls made before this time. */
  until: z.number().optional(),
});
/** Which money to count, and how to sort it. */
export type CostQuery = z.infer<typeof CostQuery>;

/** Money of a group, in integer micro-USD. */
export const CostLine = z.object({
  /** Name of the loop, model, outcome or tenant, or the UTC day; `-` for a tenant or an outcome that there is not (yet). */
  group: z.string(),
  /** What providers said that calls cost. */
  settledMicroUsd: z.int(),
  /** Booked at its worst case, because nobody knows. */
  uncertainMicroUsd: z.int(),
  /** Reserved for calls in flight. */
  heldMicroUsd: z.int(),
  calls: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** Runs that paid for a call. */
  runs: z.int(),
  /** Runs that ended `accepted`, those that cost nothing too; of a model those that paid for it. */
  accepted: z.int(),
});
/** Money of a group, in integer micro-USD. */
export type CostLine = z.infer<typeof CostLine>;

/** A budget of a day or of an open run that is used to four fifths and more, fullest first. */
export const LowBudget = z.object({
  budget: z.string(),
  capMicroUsd: z.int(),
  usedMicroUsd: z.int(),
});
/** A budget that runs low. */
export type LowBudget = z.infer<typeof LowBudget>;

/** Money by group, dearest first; all of it together; and the budgets that run low now. */
export const Costs = z.object({ lines: z.array(CostLine), total: CostLine, low: z.array(LowBudget) });
/** Money by group, dearest first; all of it together; and the budgets that run low now. */
export type Costs = z.infer<typeof Costs>;
