import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { RISKS } from './approvals.ts';
import { Tool } from './tool.ts';
import { AutonomyLevel } from './autonomy.ts';

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

const approvers = z.array(z.string().min(1).max(200)).min(1).max(100);
const quorum = z.int().min(1).max(20);

const tier = z.strictObject({
  when: z.string().min(1).describe('CEL over `input` and `output`; the first tier that holds counts.'),
  risk: z.enum(RISKS).optional().describe('Shown to who decides.'),
  approvers: approvers.optional().describe('In the place of `approval.approvers`.'),
  quorum: quorum.optional().describe('In the place of `approval.quorum`.'),
  selfApproval: z.boolean().optional().describe('In the place of `approval.selfApproval`.'),
  minDelay: duration.optional().describe('In the place of `approval.minDelay`.'),
  signed: z.boolean().optional().describe('In the place of `approval.signed`.'),
});
/** What holds at gates with more, or less, at stake. */
export type ApprovalTier = z.infer<typeof tier>;

const approval = z.strictObject({
  when: z.string().default('false').describe('CEL over `input` and `output`; true asks a person.'),
  audit: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "Share of the work that people look at all the same, drawn from the work key's hash: what could act alone, and what only a judge says no to.",
    ),
  approvers: approvers
    .default(['*'])
    .describe('Who may decide: `by` of a decision, `role:<role>` of users of the gateway, or `*` for everybody.'),
  quorum: quorum.default(1).describe('Different people who have to approve. One rejection is a rejection.'),
  selfApproval: z
    .boolean()
    .optional()
    .describe(
      'Whether who asked for the run, or edited what is shown, may approve it. Default: not where `signed` is true; elsewhere names prove nothing, so it may.',
    ),
  minDelay: duration
    .optional()
    .describe('How long a gate has to be open before it can be approved. Default: not at all.'),
  signed: z
    .boolean()
    .optional()
    .describe(
      'Only decisions count that the gateway signed for a user who is signed in; what else comes is refused and goes on record. Default: false, and such decisions are marked `unverified`.',
    ),
  remindAfter: duration.default('4 hours').describe('People are reminded of an open gate each time this has passed.'),
  escalateTo: z
    .array(
      z.strictObject({
        after: duration.describe('How long the gate has to be open.'),
        approvers: approvers.describe('Who may decide too from then on, and is told.'),
      }),
    )
    .max(10)
    .default([])
    .describe('Who may decide too where nobody has.'),
  rightAlone: z
    .number()
    .min(0.5)
    .max(0.99)
    .optional()
    .describe(
      'Share that has to be right, at least, of what a change to ask less would let through: `improve` proves it before it proposes one, and nobody but people changes this. Default: 0.95.',
    ),
  expiresAfter: duration.default('3 days').describe('Silence for this long is a no: the run ends `expired`.'),
  tiers: z.array(tier).max(20).optional().describe('What holds instead at gates with more, or less, at stake.'),
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
  tools: z.array(Tool).max(50).default([]).describe('Contracts of effects; one without may be done.'),
  approval: approval.prefault({}).describe('When a person decides.'),
  limits: limits.prefault({}).describe('When to stop.'),
  autonomy: AutonomyLevel.optional().describe(
    'The most that it may do by itself: `L1` only report, `L2` nothing without a person, `L3` unattended. The record grants it, and takes it back. Default: no level; its approval rule alone says when it asks.',
  ),
});
/** The versioned data around the model that learning may change. */
export type Harness = z.infer<typeof Harness>;

/** Milliseconds of a duration that {@link Harness} has accepted. */
export function durationMs(value: string): number {
  return ms(value as StringValue);
}
