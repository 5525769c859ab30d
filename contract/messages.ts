import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import type { AutonomyLevel } from './autonomy.ts';

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

/** What is wrong with a message may quote all of it. */
const SAID_ISSUES = 5;
const SAID_CHARACTERS = 300;

function oneLine({ issues }: z.ZodError): string {
  const said = issues.slice(0, SAID_ISSUES).map(({ path, message }) => {
    const text = path.length === 0 ? message : `\`${path.join('.')}\`: ${message}`;
    return text.length > SAID_CHARACTERS ? `${text.slice(0, SAID_CHARACTERS)}…` : text;
  });
  return [...said, ...(issues.length > SAID_ISSUES ? [`and ${issues.length - SAID_ISSUES} more`] : [])].join('; ');
}

/** A text that a person typed into a message. Capped, because it stays in the history. */
const text = z.string().min(1).max(20_000);
const by = z.string().min(1).max(400).describe('Who decides; not proven by a bare message.');
const digest = z
  .string()
  .regex(/^(sha256:)?[0-9a-f]{8,64}$/, 'expected sha256: and at least 8 hex digits')
  .describe(
    "The gate's digest, or the first 8 hex digits of it or more; it makes sure that what is decided is what was seen.",
  );
const gate = z.string().min(1).max(300).describe('Id of the gate, such as `publish#1`; without it, the open one.');
const note = text.describe('Why; goes on record.');
const signature = z
  .string()
  .max(8000)
  .describe('What the gateway signed for who decides (a compact JWS); without it the decision is unverified.');

const revision = {
  feedback: text.optional().describe('Asks for one more attempt, which is not counted against the limit.'),
  output: z
    .json()
    .optional()
    .describe('Your own version of the output; it is verified again under a digest of its own.'),
  approve: z.boolean().optional().describe('With `output`: approve it too, if it passes.'),
};
const revisionRule = {
  message: 'expected exactly one of `feedback` (one more attempt) and `output` (your own edit)',
};
const oneRevision = (value: { feedback?: unknown; output?: unknown }): boolean =>
  (value.feedback === undefined) !== (value.output === undefined);

/** Largest raise in one message: a slip of the keyboard should not open the vault. */
const MOST_RAISED_USD = 1000;

/** What each message takes. Not given away (see {@link reader}). */
const taken = {
  approve: z.strictObject({ by, note: note.optional(), gate: gate.optional(), digest: digest.optional() }),
  reject: z.strictObject({
    by,
    note: note.describe('Why; it becomes a lesson.'),
    gate: gate.optional(),
    digest: digest.optional(),
  }),
  revise: z
    .strictObject({ by, ...revision, gate: gate.optional(), digest: digest.optional() })
    .refine(oneRevision, revisionRule),
  stop: z.strictObject({ by, reason: text.describe('Why; it is the reason in the result.') }),
  decide: z
    .strictObject({
      decision: z.enum(['approve', 'reject', 'revise']).describe('What is decided.'),
      by,
      digest,
      gate: gate.optional(),
      note: note.optional(),
      ...revision,
      signature: signature.optional(),
    })
    .refine((value) => value.decision !== 'revise' || oneRevision(value), revisionRule)
    .refine((value) => value.decision !== 'reject' || value.note !== undefined, {
      message: 'a rejection needs a `note`: it becomes the lesson',
    }),
  raiseBudget: z.strictObject({
    by,
    usd: z
      .number()
      .min(0.000001)
      .max(MOST_RAISED_USD)
      .describe('USD to add to the cap that the run waits at, for good.'),
    reason: text.describe('Why; goes on record.'),
    signature: signature.optional(),
  }),
};

/** Reads the argument of the `approve` signal. */
export const readApprove = reader(taken.approve);

/** Reads the argument of the `reject` signal: the note becomes a lesson. */
export const readReject = reader(taken.reject);

/** Reads the argument of the `revise` signal: `feedback` asks for one more attempt, `output` is the human's own edit. */
export const readRevise = reader(taken.revise);

/** Reads the argument of the `stop` signal. */
export const readStop = reader(taken.stop);

/** Reads the argument of the `decide` update: the main road for decisions, because it answers. */
export const readDecide = reader(taken.decide);

/** Reads the argument of the `raiseBudget` update. */
export const readRaiseBudget = reader(taken.raiseBudget);

/** The argument of the `raiseBudget` update. */
export type RaiseBudgetArgument = z.infer<typeof taken.raiseBudget>;

/** What `raiseBudget` answers. */
export interface RaiseBudgetReply {
  /** The budget whose cap is raised, such as `run:…` or `loop:<name>:<day>`. */
  readonly budget: string;
  readonly raisedUsd: number;
  readonly capUsd: number;
}

/** The argument of the `decide` update. */
export type DecideArgument = z.infer<typeof taken.decide>;

/** JSON Schema (draft 2020-12) of what each message takes, by its name. */
export function messageSchemas(): Readonly<Record<keyof typeof taken, unknown>> {
  const { approve, reject, revise, stop, decide, raiseBudget } = taken;
  return {
    approve: z.toJSONSchema(approve),
    reject: z.toJSONSchema(reject),
    revise: z.toJSONSchema(revise),
    stop: z.toJSONSchema(stop),
    decide: z.toJSONSchema(decide),
    raiseBudget: z.toJSONSchema(raiseBudget),
  };
}

/** A decision as the run sees it, whichever message brought it. */
export interface Decision {
  readonly decision: 'approve' | 'reject' | 'revise';
  readonly by: string;
  /** Whether who decided was proven. A bare signal or update proves nothing. */
  readonly identity: 'unverified' | 'signed';
  /** Roles of who decided, proven along with who it is. */
  readonly roles?: readonly string[];
  /** What proves it. */
  readonly signature?: string;
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
  /** How much it does by itself, where the record grants that. */
  readonly autonomy?: AutonomyLevel;
  readonly gate?: string;
  readonly gateDigest?: string;
  readonly gateBecause?: string;
  /** Who has approved, how many have to, and whether only signed decisions count. */
  readonly gateHave?: number;
  readonly gateNeed?: number;
  readonly gateSigned?: boolean;
  readonly gateExpiresAt?: string;
  readonly gateArtefact?: unknown;
  readonly approveCommand?: string;
  readonly reviseCommand?: string;
  readonly rejectCommand?: string;
  /** The budget that the run waits at, what its next call may cost, and until when it waits. */
  readonly budget?: string;
  readonly budgetNeedsUsd?: number;
  readonly budgetLeftUsd?: number;
  readonly budgetExpiresAt?: string;
  readonly raiseCommand?: string;
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
/** Adds to the cap that a run waits at, and lets it go on. */
export const raiseBudgetUpdate = defineUpdate<RaiseBudgetReply, [unknown]>('raiseBudget');
/** Where the run stands. */
export const statusQuery = defineQuery<Status>('status');
