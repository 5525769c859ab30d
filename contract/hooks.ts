import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { duration } from './harness.ts';

/** How a source proves that it sent what was received: Standard Webhooks, or the schemes of GitHub, Stripe and Slack. */
export const HOOK_KINDS = ['standard', 'github', 'stripe', 'slack'] as const;

/** How a source proves that it sent what was received. */
export type HookKind = (typeof HOOK_KINDS)[number];

const expression = z.string().min(1);

/** Which deliveries are about the same thing, and which of them is newer. */
const HookOrder = z.strictObject({
  subject: expression.describe('CEL: what the delivery is about, such as `string(body.issue.id)`.'),
  version: expression.describe('CEL: a number or a time that grows, such as `body.issue.updated_at`.'),
});

/** What becomes of a delivery. */
export const HookRule = z.strictObject({
  when: expression
    .default('true')
    .describe('CEL over `event`, `body`, `delivery` and `source`; the first rule that holds counts.'),
  loop: z.string().min(1).optional().describe('Loop to start; without it the delivery is noted and starts nothing.'),
  input: z
    .union([expression, z.record(z.string(), expression)])
    .optional()
    .describe('Its input: CEL for each field, or one expression that gives the whole object.'),
  key: expression
    .optional()
    .describe(
      'CEL for what makes the workflow id, `<loop>-<key>`: letters, digits and `. _ - :`. By default each delivery has its own.',
    ),
  requestedBy: expression
    .optional()
    .describe('CEL for who asks for it; on record, and nobody who may approve it alone.'),
  order: HookOrder.optional().describe('What is older than what was seen of the same subject is left alone.'),
  budgetUsd: z.number().min(0).optional().describe("Lowers the run's budget, in USD."),
  dryRun: z.boolean().optional().describe('Everything but the effects.'),
});
/** What becomes of a delivery. */
export type HookRule = z.infer<typeof HookRule>;

/** Longest tolerance: far less than deliveries are known for, or a replay would be new. */
const MOST_TOLERANCE_MS = 24 * 3_600_000;

/** Somebody who sends. */
export const HookSource = z.strictObject({
  kind: z.enum(HOOK_KINDS).describe('How it signs.'),
  secrets: z
    .array(
      z
        .string()
        .regex(/^[A-Z_][A-Z0-9_]*$/, 'expected the name of an environment variable, such as GITHUB_HOOK_SECRET'),
    )
    .min(1)
    .describe(
      'Environment variables with its secrets. Any of them may have signed, so that one can be replaced by the next.',
    ),
  tolerance: duration
    .refine(
      (text) => ms(text as StringValue) <= MOST_TOLERANCE_MS,
      'expected at most one day: deliveries of long ago are forgotten',
    )
    .default('5 minutes')
    .describe("How far the time that was signed may be from this machine's; GitHub signs none."),
  rules: z.array(HookRule).min(1).describe('What becomes of what it sends.'),
});
/** Somebody who sends. */
export type HookSource = z.infer<typeof HookSource>;

/** `hooks.yaml`: who may send, and what is started by it. */
export const HooksFile = z.strictObject({
  sources: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and "-"'), HookSource)
    .describe('By name: `github` is reached at `POST /hooks/github`.'),
});
/** `hooks.yaml`: who may send, and what is started by it. */
export type HooksFile = z.infer<typeof HooksFile>;

/**
 * Where a delivery stands: `waiting` to be looked at, `started` a run, `ignored` because no rule starts one, `stale`
 * because something newer was seen, or `failed` because a rule or its run cannot be had of it.
 */
export const DELIVERY_STATES = ['waiting', 'started', 'ignored', 'stale', 'failed'] as const;

/** Most deliveries that one question may ask for. */
export const MOST_DELIVERIES = 1000;

/** Which deliveries to list, newest first. */
export const DeliveryQuery = z.strictObject({
  source: z.string().optional(),
  state: z.enum(DELIVERY_STATES).optional(),
  limit: z.int().min(1).max(MOST_DELIVERIES),
});
/** Which deliveries to list, newest first. */
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

/** A delivery in one line. Times are milliseconds since 1970. */
export const Delivery = z.object({
  source: z.string(),
  /** What makes it the same delivery when it is sent again. */
  delivery: z.string(),
  event: z.string(),
  receivedAt: z.number(),
  state: z.enum(DELIVERY_STATES),
  workflowId: z.string().exactOptional(),
  /** Why it stands so. */
  reason: z.string().exactOptional(),
});
/** A delivery in one line. */
export type Delivery = z.infer<typeof Delivery>;

/** One delivery by its name. */
export const DeliveryKey = z.strictObject({ source: z.string().min(1), delivery: z.string().min(1) });
/** One delivery by its name. */
export type DeliveryKey = z.infer<typeof DeliveryKey>;
