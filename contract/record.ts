import { z } from 'zod';
import { OUTCOMES } from './outcomes.ts';
import { Trigger, TRIGGERS } from './run.ts';

/** Where a run stands, as the record knows it; the run itself may be a step ahead. */
const RUN_STATES = ['running', 'awaitingDecision', 'awaitingBudget', 'closed'] as const;

/** Most runs that one question may ask for. */
export const MOST_RUNS = 1000;

/** Which runs to list, newest first. */
export const RunQuery = z.strictObject({
  loop: z.string().optional(),
  outcome: z.enum(OUTCOMES).optional(),
  /** Only runs that were started by such a thing. */
  trigger: z.enum(TRIGGERS).optional(),
  /** Only runs that go by this: the key of their workflow id, `<loop>-<key>`, or their work, `<loop>/<work>` or the latter part of it. */
  named: z.string().min(1).optional(),
  /** Only runs that are not closed. */
  open: z.boolean().optional(),
  /** Only runs that were opened at or after this time, in milliseconds since 1970. */
  since: z.number().optional(),
  /** Where the page before ended, as it said. */
  after: z.string().max(400).optional(),
  limit: z.int().min(1).max(MOST_RUNS),
});
/** Which runs to list, newest first. */
export type RunQuery = z.infer<typeof RunQuery>;

/** A run in one line. Times are milliseconds since 1970, money is integer micro-USD. */
export const RunSummary = z.object({
  workflowId: z.string(),
  /** Identity of the run in the record: several runs may have one workflow id. */
  runKey: z.string(),
  loop: z.string(),
  state: z.enum(RUN_STATES),
  outcome: z.enum(OUTCOMES).optional(),
  reason: z.string().optional(),
  openedAt: z.number(),
  closedAt: z.number().optional(),
  attempts: z.int(),
  gates: z.int(),
  lessons: z.int(),
  /** Spent, and reserved for calls in flight. */
  costMicroUsd: z.int(),
  harness: z.string(),
  dryRun: z.boolean(),
  trigger: Trigger,
  /** Workflow id of the run that did, or is doing, the same work. */
  duplicateOf: z.string().optional(),
  /** When its content was erased for a customer. */
  erasedAt: z.number().optional(),
});
/** A run in one line. Times are milliseconds since 1970, money is integer micro-USD. */
export type RunSummary = z.infer<typeof RunSummary>;

/** Runs, newest first, and whether the query has more than its limit lets through; `next` asks for those. */
export const RunList = z.object({ runs: z.array(RunSummary), more: z.boolean(), next: z.string().exactOptional() });
/** Runs, newest first, and whether the query has more than its limit lets through; `next` asks for those. */
export type RunList = z.infer<typeof RunList>;
