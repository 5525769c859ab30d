import { z } from 'zod';
import { APPROVAL_STATES } from './approvals.ts';
import type { Manifest } from './context.ts';
import { RunSummary } from './record.ts';
import type { Verdict } from './verdict.ts';

/** Longest text of an input, an output or a result in a record, in characters. */
export const RECORD_TEXT_CHARACTERS = 20_000;

/** Which run to tell: by workflow id (the newest under it) or by run key. */
export const RecordQuery = z.strictObject({
  run: z.string().min(1),
  /** One of several runs under a workflow id: its run key, or Temporal's first run id. */
  runId: z.string().min(1).optional(),
});
/** Which run to tell: by workflow id (the newest under it) or by run key. */
export type RecordQuery = z.infer<typeof RecordQuery>;

const part = z.object({
  source: z.string(),
  trust: z.enum(['trusted', 'untrusted']),
  keep: z.enum(['run', 'durable']),
  tokens: z.number(),
  digest: z.string(),
  why: z.string(),
  cutFromTokens: z.number().exactOptional(),
  lessons: z.array(z.number()).exactOptional(),
  origin: z.string().exactOptional(),
  incomplete: z.string().exactOptional(),
  cachedForMs: z.number().exactOptional(),
});

const manifest = z.object({
  tokens: z.number(),
  budgetTokens: z.number(),
  watermark: z.number(),
  parts: z.array(part),
  dropped: z.array(z.object({ source: z.string(), tokens: z.number(), why: z.string() })),
}) satisfies z.ZodType<Manifest>;

const grade = z.enum(['pass', 'fail', 'error', 'inconclusive']);

const verdict = z.object({
  verdict: grade,
  criteria: z.array(
    z.object({
      name: z.string(),
      verdict: grade,
      evidence: z.string(),
      opinion: z.boolean().exactOptional(),
      question: z.string().exactOptional(),
      order: z.enum(['same', 'other']).exactOptional(),
    }),
  ),
  notAsked: z.array(z.object({ name: z.string(), because: z.string() })).exactOptional(),
}) satisfies z.ZodType<Verdict>;

/** A text that may be gone (expired) or cut at {@link RECORD_TEXT_CHARACTERS}. */
const text = z.string().optional();

/** Everything that a record holds about one run, in the order it happened. Times are milliseconds since 1970, money is micro-USD. */
export const RunRecord = z.object({
  run: RunSummary.extend({
    /** Temporal's run id of the first execution. */
    firstRunId: z.string(),
    /** Identity of the work: effects are done once for it. */
    workKey: z.string(),
    budgetMicroUsd: z.number(),
    watermark: z.number(),
    asOf: z.number(),
  }),
  input: text,
  /** What the stages were given. Runs that were opened by an older version have none on record. */
  contexts: z.array(z.object({ stage: z.string(), at: z.number(), manifest })),
  attempts: z.array(
    z.object({
      stage: z.string(),
      attempt: z.number(),
      artefact: z.string(),
      author: z.string(),
      at: z.number(),
      output: text,
      /** In what other way it was made, and why. */
      changed: z.object({ strategy: z.string(), because: z.string() }).exactOptional(),
      /** Free first tiers that were not sure enough. */
      passedOver: z.array(z.object({ route: z.string(), confidence: z.number(), atLeast: z.number() })).exactOptional(),
    }),
  ),
  judgements: z.array(
    z.object({
      stage: z.string(),
      artefact: z.string(),
      author: z.string(),
      at: z.number(),
      verdict,
      approval: z.object({ ask: z.boolean(), audit: z.boolean(), because: z.string() }),
    }),
  ),
  gates: z.array(
    z.object({
      gate: z.string(),
      digest: z.string(),
      stage: z.string(),
      artefact: z.string(),
      audit: z.boolean(),
      because: z.string(),
      openedAt: z.number(),
      state: z.enum(APPROVAL_STATES),
      /** Different people who have to approve it. */
      need: z.int(),
    }),
  ),
  decisions: z.array(
    z.object({
      gate: z.string(),
      digest: z.string(),
      decision: z.enum(['approve', 'reject', 'revise', 'expire']),
      by: z.string().optional(),
      identity: z.string().optional(),
      note: z.string().optional(),
      feedback: z.string().optional(),
      /** A person's own edit. */
      output: z.unknown().optional(),
      at: z.number(),
    }),
  ),
  effects: z.array(
    z.object({
      name: z.string(),
      key: z.string(),
      /** The run that did it: perhaps an earlier one of the same work. */
      runKey: z.string(),
      artefact: z.string(),
      state: z.enum(['begun', 'done']),
      result: text,
      begunAt: z.number(),
      doneAt: z.number().optional(),
    }),
  ),
  calls: z.array(
    z.object({
      stage: z.string(),
      attempt: z.number(),
      call: z.string(),
      model: z.string(),
      state: z.enum(['held', 'settled', 'uncertain', 'released']),
      reservedMicroUsd: z.number(),
      bookedMicroUsd: z.number(),
      inputTokens: z.number(),
      outputTokens: z.number(),
      at: z.number(),
    }),
  ),
  lessons: z.array(
    z.object({
      id: z.number(),
      kind: z.string(),
      text: z.string(),
      source: z.string(),
      by: z.string().optional(),
      at: z.number(),
    }),
  ),
  /** What people added to caps that the run waited at. */
  raises: z.array(
    z.object({
      budget: z.string(),
      microUsd: z.number(),
      by: z.string(),
      identity: z.enum(['unverified', 'signed']),
      reason: z.string(),
      at: z.number(),
    }),
  ),
  /** Other runs under the same workflow id, newest first. */
  others: z.array(RunSummary),
});
/** Everything that a record holds about one run, in the order it happened. Times are milliseconds since 1970, money is micro-USD. */
export type RunRecord = z.infer<typeof RunRecord>;
