import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** Longer than anybody waits, and short enough for every timer and date. */
const LONGEST_MS = 3660 * 24 * 60 * 60 * 1000;

/** A duration as people write it, `4 hours` or `3 days`; a second to ten years. */
export const duration = z
  .string()
  .min(1)
  .refine((value) => ms(value as StringValue) >= 1000 && ms(value as StringValue) <= LONGEST_MS, {
    message: 'expected a duration from a second to ten years, such as "30 minutes", "4 hours" or "3 days"',
  });

const id = z.string().describe('Name of the check in verdicts; each has its own.');
const field = z
  .string()
  .optional()
  .describe('Field of the output that is looked at; without it, the whole output as JSON.');

/** A deterministic check on the output that a lesson can add without code. */
export const HarnessEval = z.discriminatedUnion('kind', [
  z.strictObject({
    id,
    kind: z.literal('contains'),
    field,
    text: z.string().min(1).describe('Text that must be there.'),
  }),
  z.strictObject({
    id,
    kind: z.literal('notContains'),
    field,
    text: z.string().min(1).describe('Text that must not be there.'),
  }),
  z.strictObject({
    id,
    kind: z.literal('matches'),
    field,
    pattern: z.string().min(1).describe('JavaScript regular expression (flag `u`) that must match somewhere.'),
  }),
  z.strictObject({
    id,
    kind: z.literal('cel'),
    rule: z.string().min(1).describe('CEL over `input` and `output`; must be true.'),
  }),
  z.strictObject({
    id,
    kind: z.literal('rubric'),
    rubric: z
      .string()
      .min(1)
      .describe('A yes-or-no question that every judge and panel of the loop answers too, with a quote.'),
  }),
]);
/** A deterministic check on the output that a lesson can add without code. */
export type HarnessEval = z.infer<typeof HarnessEval>;

const approval = z.strictObject({
  when: z.string().default('false').describe('CEL over `input` and `output`; true asks a person.'),
  audit: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Share of what could act alone that waits for a person all the same, drawn from the work key's hash."),
  approvers: z
    .array(z.string())
    .min(1)
    .default(['*'])
    .describe('Who may decide, as `by` of a decision; `*` is everybody.'),
  quorum: z.literal(1).default(1).describe('Decisions that are needed; one for now.'),
  remindAfter: duration.default('4 hours').describe('An open gate is counted as reminded each time this has passed.'),
  escalateTo: z
    .array(z.never('nobody is notified yet: leave `escalateTo` empty'))
    .default([])
    .describe('Nobody for now: leave it empty.'),
  expiresAfter: duration.default('3 days').describe('Silence for this long is a no: the run ends `expired`.'),
});

const limits = z.strictObject({
  attempts: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('Attempts of a stage; those that a person asks for are not counted.'),
  usd: z.number().min(0).max(1000).default(0.05).describe('USD a run may spend.'),
  usdPerCall: z.number().min(0).max(1000).optional().describe('USD a single model call may cost at worst.'),
  usdPerStage: z
    .record(z.string(), z.number().min(0).max(1000))
    .default({})
    .describe('USD the stages of a run may spend, by stage.'),
  usdPerDay: z
    .number()
    .min(0)
    .max(100_000)
    .default(5)
    .describe('USD all runs of the loop together may spend a day (UTC).'),
  worthUsd: z
    .number()
    .min(0)
    .max(1000)
    .optional()
    .describe(
      'USD an accepted result is worth: a stage stops when its next attempt, by what the loop’s attempts have cost and how often they passed, would cost more. Without it, attempts have no price limit of their own.',
    ),
  onCap: z
    .enum(['stop', 'degrade', 'ask'])
    .default('stop')
    .describe(
      'What a run does at a cap: `stop` ends it `overBudget`; `degrade` asks the next cheaper model that `routing` names, then stops; `ask` waits for `raiseBudget`.',
    ),
  tokens: z.int().min(16).max(1_000_000).default(20_000).describe('Tokens a model call may answer with.'),
  contextTokens: z
    .int()
    .min(0)
    .max(2_000_000)
    .default(4000)
    .describe('Tokens a context may have; what does not fit is cut or dropped, and said.'),
  deadline: duration.default('2 hours').describe('Time the run itself may work; waiting for people does not count.'),
});

const example = z.strictObject({
  input: z.json().describe('An input.'),
  output: z.json().describe('The right output for it.'),
  source: z.string().optional().describe('Where it comes from, for people.'),
});

const rule = z.strictObject({
  when: z
    .string()
    .optional()
    .describe('CEL over `input`, `attempt`, `confidence`, `feedback`, `spent`; without it the rule always holds.'),
  model: z.string().min(1).describe('Route of `loopwright.yaml`, or `local`.'),
  atLeast: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Only of the embedded learner: how sure it has to be; else the next rule that holds is asked, in the same attempt.',
    ),
});

/** `harness.yaml`: the versioned data around the model that learning may change (DESIGN §4.7). Unknown fields are refused. */
export const Harness = z.strictObject({
  instructions: z.string().default('').describe('Markdown for the generator.'),
  examples: z.array(example).default([]).describe('Shown to the model.'),
  evals: z.array(HarnessEval).default([]).describe('Checks on the output that need no code.'),
  routing: z
    .array(rule)
    .min(1)
    .default([{ model: 'default' }])
    .describe('Which model answers: the first rule that holds. End with one that has no `when`.'),
  tools: z
    .array(z.never('loops cannot call tools yet: leave `tools` empty'))
    .default([])
    .describe('None for now: leave it empty.'),
  approval: approval.prefault({}).describe('When a person decides.'),
  limits: limits.prefault({}).describe('When to stop.'),
});
/** The versioned data around the model that learning may change. */
export type Harness = z.infer<typeof Harness>;

/** Milliseconds of a duration that {@link Harness} has accepted. */
export function durationMs(value: string): number {
  return ms(value as StringValue);
}
