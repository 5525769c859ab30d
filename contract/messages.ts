import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';

/** What a sender's argument turned out to be. */
export type Read<T> = { readonly success: true; readonly data: T } | { readonly success: false; readonly why: string };

/**
 * Reads an argument; `why` is one line. A function and not a schema is what this file gives away: it is evaluated once
 * a worker, and the workflow sandbox freezes every object that such a file exports, which zod's schemas do not survive.
 */
function reader<T>(schema: z.ZodType<T>): (value: unknown) => Read<T> {
  return (value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? parsed : { success: false, why: oneLine(parsed.error) };
  };
}

function oneLine(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `\`${path.join('.')}\`: ${message}`))
    .join('; ');
}

/** A text that a person typed into a message. Capped, because it stays in the history. */
const text = z.string().min(1).max(20_000);
const by = z.string().min(1).max(200);
/** A gate's digest, or a prefix of it of at least eight hex digits; `sha256:` may be left out. */
const digest = z.string().regex(/^(sha256:)?[0-9a-f]{8,64}$/, 'expected sha256: and at least 8 hex digits');
const gate = z.string().min(1).max(100);

/** Reads the argument of the `approve` signal. */
export const readApprove = reader(
  z.strictObject({ by, note: text.optional(), gate: gate.optional(), digest: digest.optional() }),
);

/** Reads the argument of the `reject` signal: the note becomes a lesson. */
export const readReject = reader(z.strictObject({ by, note: text, gate: gate.optional(), digest: digest.optional() }));

const revision = { feedback: text.optional(), output: z.json().optional(), approve: z.boolean().optional() };
const revisionRule = {
  message: 'expected exactly one of `feedback` (one more attempt) and `output` (your own edit)',
};
const oneRevision = (value: { feedback?: unknown; output?: unknown }): boolean =>
  (value.feedback === undefined) !== (value.output === undefined);

/** Reads the argument of the `revise` signal: `feedback` asks for one more attempt, `output` is the human's own edit. */
export const readRevise = reader(
  z
    .strictObject({ by, ...revision, gate: gate.optional(), digest: digest.optional() })
    .refine(oneRevision, revisionRule),
);

/** Reads the argument of the `stop` signal. */
export const readStop = reader(z.strictObject({ by, reason: text }));

/** Reads the argument of the `decide` update: the main road for decisions, because it answers. */
export const readDecide = reader(
  z
    .strictObject({
      decision: z.enum(['approve', 'reject', 'revise']),
      by,
      digest,
      gate: gate.optional(),
      note: text.optional(),
      ...revision,
      signature: z.string().max(2000).optional(),
    })
    .refine((value) => value.decision !== 'revise' || oneRevision(value), revisionRule)
    .refine((value) => value.decision !== 'reject' || value.note !== undefined, {
      message: 'a rejection needs a `note`: it becomes the lesson',
    }),
);

/** A decision as the run sees it, whichever message brought it. */
export interface Decision {
  readonly decision: 'approve' | 'reject' | 'revise';
  readonly by: string;
  /** Whether who decided was proven. A bare signal or update proves nothing. */
  readonly identity: 'unverified' | 'signed';
  readonly gate?: string;
  readonly digest?: string;
  readonly note?: string;
  readonly feedback?: string;
  readonly output?: unknown;
  /** With `output`: approve the edit too, if it passes. */
  readonly approve?: boolean;
}

/** What `decide` answers. */
export interface DecideReply {
  readonly gate: string;
  readonly digest: string;
  readonly state: 'open' | 'approved' | 'rejected' | 'revising';
  readonly by: string;
  /** Decisions counted so far, and how many the policy needs. */
  readonly have: number;
  readonly need: number;
}

/** What `status` answers: one flat object (the CLI prints empty lists as null, so there are none). */
export interface Status {
  readonly loop: string;
  readonly state: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly stage?: string;
  readonly attempt: number;
  readonly attemptsLeft: number;
  readonly workedMs: number;
  readonly deadlineMs: number;
  readonly costUsd: number;
  readonly budgetUsd: number;
  readonly harness?: string;
  readonly gate?: string;
  readonly gateDigest?: string;
  readonly gateBecause?: string;
  readonly gateExpiresAt?: string;
  readonly gateArtefact?: unknown;
  readonly approveCommand?: string;
  readonly reviseCommand?: string;
  readonly rejectCommand?: string;
  readonly reminders: number;
  readonly refusedCount: number;
  /** The last refused messages, newest first, one line each. */
  readonly refused?: string;
}

// Signals never refuse aloud: the CLI says "succeeded" whatever the run does with them, so what a run refuses is in `status`.
/** Approves the open gate. */
export const approveSignal = defineSignal<[unknown]>('approve');
/** Rejects what the open gate shows; the run ends `rejected`. */
export const rejectSignal = defineSignal<[unknown]>('reject');
/** Asks for another attempt, or brings the human's own edit. */
export const reviseSignal = defineSignal<[unknown]>('revise');
/** Stops the run gracefully: finish the step, record, end `stopped`. */
export const stopSignal = defineSignal<[unknown]>('stop');
/** Decides the open gate and answers: an update, because the sender must know whether it counted. */
export const decideUpdate = defineUpdate<DecideReply, [unknown]>('decide');
/** Where the run stands. */
export const statusQuery = defineQuery<Status>('status');
