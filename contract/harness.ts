import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** Longer than anybody waits, and short enough for every timer and date. */
const LONGEST_MS = 3660 * 24 * 60 * 60 * 1000;

/** A duration as people write it, `4 hours` or `3 days`; a second to ten years. */
const duration = z
  .string()
  .min(1)
  .refine((value) => ms(value as StringValue) >= 1000 && ms(value as StringValue) <= LONGEST_MS, {
    message: 'expected a duration from a second to ten years, such as "30 minutes", "4 hours" or "3 days"',
  });

/** A deterministic check on the output that a lesson can add without code. */
export const HarnessEval = z.discriminatedUnion('kind', [
  z.strictObject({
    id: z.string(),
    kind: z.literal('contains'),
    field: z.string().optional(),
    text: z.string().min(1),
  }),
  z.strictObject({
    id: z.string(),
    kind: z.literal('notContains'),
    field: z.string().optional(),
    text: z.string().min(1),
  }),
  z.strictObject({
    id: z.string(),
    kind: z.literal('matches'),
    field: z.string().optional(),
    pattern: z.string().min(1),
  }),
  z.strictObject({ id: z.string(), kind: z.literal('cel'), rule: z.string().min(1) }),
  z.strictObject({ id: z.string(), kind: z.literal('rubric'), rubric: z.string().min(1) }),
]);
/** A deterministic check on the output that a lesson can add without code. */
export type HarnessEval = z.infer<typeof HarnessEval>;

const approval = z.strictObject({
  /** CEL over `input` and `output`; true asks a human. */
  when: z.string().default('false'),
  /** Share of what could act alone that waits for a human all the same, drawn from the work key's hash. */
  audit: z.number().min(0).max(1).default(0),
  approvers: z.array(z.string()).min(1).default(['*']),
  quorum: z.literal(1).default(1),
  remindAfter: duration.default('4 hours'),
  escalateTo: z.array(z.never('nobody is notified yet: leave `escalateTo` empty')).default([]),
  expiresAfter: duration.default('3 days'),
});

const limits = z.strictObject({
  attempts: z.int().min(1).max(20).default(3),
  /** USD a run may spend. */
  usd: z.number().min(0).max(1000).default(0.05),
  /** USD all runs of the loop together may spend a day (UTC). */
  usdPerDay: z.number().min(0).max(100_000).default(5),
  /** Tokens a model call may answer with. */
  tokens: z.int().min(16).max(1_000_000).default(20_000),
  /** Tokens a context may have. */
  contextTokens: z.int().min(0).max(2_000_000).default(4000),
  /** Time the run itself may work; waiting for people does not count. */
  deadline: duration.default('2 hours'),
});

/** `harness.yaml`: the versioned data around the model that learning may change (DESIGN §4.7). Unknown fields are refused. */
export const Harness = z.strictObject({
  instructions: z.string().default(''),
  examples: z.array(z.strictObject({ input: z.json(), output: z.json(), source: z.string().optional() })).default([]),
  evals: z.array(HarnessEval).default([]),
  routing: z
    .array(z.strictObject({ when: z.string().optional(), model: z.string().min(1) }))
    .min(1)
    .default([{ model: 'default' }]),
  tools: z.array(z.never('loops cannot call tools yet: leave `tools` empty')).default([]),
  approval: approval.prefault({}),
  limits: limits.prefault({}),
});
/** The versioned data around the model that learning may change. */
export type Harness = z.infer<typeof Harness>;

/** Milliseconds of a duration that {@link Harness} has accepted. */
export function durationMs(value: string): number {
  return ms(value as StringValue);
}
