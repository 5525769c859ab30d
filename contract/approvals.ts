import { z } from 'zod';

/** How much is at stake at a gate, as a tier of the approval rule says. */
export const RISKS = ['low', 'medium', 'high'] as const;
/** How much is at stake at a gate. */
export type Risk = (typeof RISKS)[number];

/** Who may decide a gate and how, as the harness said when it was opened. Times are milliseconds. */
export const GatePolicy = z.object({
  risk: z.enum(RISKS).exactOptional(),
  /** Names, `role:<role>`, or `*` for everybody. */
  approvers: z.array(z.string()),
  /** Different people whose approval is needed. */
  quorum: z.int(),
  /** Whether who asked for the run, or edited what the gate shows, may approve it. */
  selfApproval: z.boolean(),
  /** How long a gate has to be open before it can be approved. */
  minDelayMs: z.number(),
  /** Whether only decisions that the gateway signed count. */
  signed: z.boolean(),
  /** Who may decide too, once the gate has been open for that long. */
  escalateTo: z.array(z.object({ afterMs: z.number(), approvers: z.array(z.string()) })),
  remindAfterMs: z.number(),
  expiresAfterMs: z.number(),
  /** Who asked for the run. */
  requestedBy: z.string().exactOptional(),
  /** Who made what the gate shows, where a person's edit is in its place. */
  editedBy: z.string().exactOptional(),
  /** Everybody who brought a version of it since it was opened. */
  editors: z.array(z.string()).exactOptional(),
});
/** Who may decide a gate and how. */
export type GatePolicy = z.infer<typeof GatePolicy>;

/**
 * What became of a version of a gate. `edited` and `answered`: a person brought their own version, or asked for another
 * attempt. `superseded`: another version took its place. `cancelled`: the run ended without a decision.
 */
export const APPROVAL_STATES = [
  'open',
  'claimed',
  'approved',
  'edited',
  'rejected',
  'answered',
  'expired',
  'cancelled',
  'superseded',
] as const;
/** What became of a version of a gate. */
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** What a person decided who brought a version into a state. */
export const SETTLED_BY: Partial<Record<ApprovalState, 'approve' | 'reject' | 'revise'>> = {
  approved: 'approve',
  rejected: 'reject',
  edited: 'revise',
  answered: 'revise',
};

/** One version of a gate: what waits for people, or was decided by them. Its digest names it. */
export const Approval = z.object({
  /** What a decision has to name; unique over all runs. */
  digest: z.string(),
  /** Key of the run. */
  runKey: z.string(),
  workflowId: z.string(),
  loop: z.string(),
  gate: z.string(),
  state: z.enum(APPROVAL_STATES),
  stage: z.string(),
  /** Digest of what is decided about. */
  artefact: z.string(),
  because: z.string(),
  audit: z.boolean(),
  openedAt: z.number(),
  /** When silence becomes a no. Versions that an older program opened have none on record. */
  expiresAt: z.number().exactOptional(),
  policy: GatePolicy.exactOptional(),
  /** Different people who have approved, and how many have to. */
  have: z.int(),
  need: z.int(),
  /** Who has approved so far. */
  approvedBy: z.array(z.string()),
  /** Who has it in hand, and until when. */
  claimedBy: z.string().exactOptional(),
  claimedUntil: z.number().exactOptional(),
  /** Who made the decision that counts, and when. */
  decidedBy: z.string().exactOptional(),
  decidedAt: z.number().exactOptional(),
  /** What was said with it. */
  note: z.string().exactOptional(),
  /** Whether who decided was proven. */
  identity: z.enum(['unverified', 'signed']).exactOptional(),
});
/** One version of a gate. */
export type Approval = z.infer<typeof Approval>;

/** Most approvals that one question may ask for. */
export const MOST_APPROVALS = 200;

/** Which approvals to list: those that wait, the one that expires first first; those that are settled, newest first. */
export const ApprovalQuery = z.strictObject({
  /** `pending` is what waits for people: open or claimed. Default `pending`. */
  state: z.enum(['pending', 'settled', ...APPROVAL_STATES]).default('pending'),
  loop: z.string().optional(),
  /** Where the page before ended, as it said. */
  after: z.string().max(400).optional(),
  limit: z.int().min(1).max(MOST_APPROVALS).default(50),
});
/** Which approvals to list. */
export type ApprovalQuery = z.infer<typeof ApprovalQuery>;

/** A page of approvals; `next` asks for the one after it. */
export const ApprovalPage = z.object({ items: z.array(Approval), next: z.string().exactOptional() });
/** A page of approvals. */
export type ApprovalPage = z.infer<typeof ApprovalPage>;

/** How long somebody has an approval in hand, in milliseconds. */
export const CLAIM_MS = 15 * 60_000;

const words = z.string().trim().min(1).max(20_000);

/** A decision as somebody sends it to the gateway, which knows who they are. */
export const DecisionRequest = z
  .strictObject({
    decision: z.enum(['approve', 'reject', 'revise']),
    note: words.exactOptional(),
    feedback: words.exactOptional(),
    output: z.json().exactOptional(),
    approve: z.boolean().exactOptional(),
  })
  .refine(({ decision, note }) => decision !== 'reject' || note !== undefined, {
    message: 'a rejection needs a `note`: it becomes the lesson',
  })
  .refine(
    ({ decision, feedback, output }) => decision !== 'revise' || (feedback === undefined) !== (output === undefined),
    {
      message: 'expected exactly one of `feedback` (one more attempt) and `output` (your own edit)',
    },
  );
/** A decision as somebody sends it to the gateway. */
export type DecisionRequest = z.infer<typeof DecisionRequest>;

/** Money that somebody adds to the cap that a run waits at. */
export const RaiseRequest = z.strictObject({
  /** Workflow id of the run. */
  run: z.string().min(1).max(1000),
  usd: z.number().min(0.000001).max(1000),
  reason: words,
});
/** Money that somebody adds to the cap that a run waits at. */
export type RaiseRequest = z.infer<typeof RaiseRequest>;

/** What the gateway answers to a raise that counts. */
export const RaiseCounted = z.object({ budget: z.string(), raisedUsd: z.number(), capUsd: z.number() });
/** What the gateway answers to a raise that counts. */
export type RaiseCounted = z.infer<typeof RaiseCounted>;

/** What the gateway answers to a decision that counts. */
export const DecisionCounted = z.object({ state: z.string(), have: z.int(), need: z.int() });
/** What the gateway answers to a decision that counts. */
export type DecisionCounted = z.infer<typeof DecisionCounted>;

/** Why a decision does not count. `late` and `edited` say that somebody else was first, with who and what it came to. */
export const DECISION_REFUSALS = [
  'early',
  'late',
  'edited',
  'otherGate',
  'otherDigest',
  'bare',
  'forbidden',
  'unsigned',
  'ownWork',
  'tooSoon',
  'malformed',
  'signature',
  'busy',
] as const;
/** Why a decision does not count. */
export type DecisionRefusal = (typeof DECISION_REFUSALS)[number];

/** What a refused `decide` says for programs, as the detail of its failure `DecisionRefused`. */
export const RefusedDecision = z.object({
  code: z.enum(DECISION_REFUSALS),
  /** State of the gate that was meant, and who brought it there. */
  state: z.string().exactOptional(),
  by: z.string().exactOptional(),
});
/** What a refused `decide` says for programs. */
export type RefusedDecision = z.infer<typeof RefusedDecision>;
