import { z } from 'zod';
import { AuditedShare, AutonomyGrant } from './autonomy.ts';

/** Most runs that a finding names. */
export const MOST_RUNS_NAMED = 20;

/** What is looked for in the runs of a loop, each under the part of a loop that it is about. */
export const SHOWN_PARTS = {
  ScheduleIdle: 'trigger',
  ScheduleUnread: 'trigger',
  SourceFails: 'context',
  ContextUnused: 'context',
  VerifierNeverRefuses: 'verifier',
  VerifierOverruled: 'verifier',
  WrongAlone: 'verifier',
  JudgeAdvisory: 'verifier',
  EffectUncertain: 'state',
  CapNeverNear: 'stop',
  CapAlwaysHit: 'stop',
  GateWavedThrough: 'stop',
  NobodyAnswers: 'stop',
  LessonsIdle: 'learning',
} as const;

/** Something that runs may show. */
export type ShownName = keyof typeof SHOWN_PARTS;

const name = z.enum(Object.keys(SHOWN_PARTS) as [ShownName, ...ShownName[]]);

/** How bad a finding is. An open `critical` one keeps a loop from acting unattended. */
export const Severity = z.enum(['critical', 'warning', 'note']);
/** How bad a finding is. */
export type Severity = z.infer<typeof Severity>;

/** A run behind a finding. */
export const NamedRun = z.object({ workflowId: z.string(), runKey: z.string() });
/** A run behind a finding. */
export type NamedRun = z.infer<typeof NamedRun>;

/** The check that a person's answer decides, such as `trigger.read`: absent where runs alone decide. */
const check = z.string().optional();

/** What runs show: something wrong, nothing wrong, too little to say, or a question that no record answers. Too little is no finding, and no praise. */
export const Shown = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('found'),
    name,
    severity: Severity,
    /** With its figures. */
    because: z.string(),
    nextAction: z.string(),
    /** Newest first, at most {@link MOST_RUNS_NAMED}. */
    runs: z.array(NamedRun),
    check,
  }),
  z.object({ state: z.literal('clear'), name, because: z.string(), check }),
  z.object({
    state: z.literal('asked'),
    name,
    /** With what the record does say. */
    because: z.string(),
    check: z.string(),
    question: z.string(),
    nextAction: z.string(),
  }),
  z.object({
    state: z.literal('tooFew'),
    name,
    have: z.int(),
    need: z.int(),
    /** What is counted, such as `runs`. */
    of: z.string(),
  }),
]);
/** What runs show. */
export type Shown = z.infer<typeof Shown>;

/** What the newest runs of a loop show, and what that grants it. */
export const LoopEvidence = z.object({
  loop: z.string(),
  /** Closed runs that were looked at. Runs of cases do not count. */
  runs: z.int(),
  shown: z.array(Shown),
  audited: AuditedShare,
  /** Absent where no level was ever worked out: the loop is not governed by one. */
  autonomy: AutonomyGrant.optional(),
});
/** What the newest runs of a loop show, and what that grants it. */
export type LoopEvidence = z.infer<typeof LoopEvidence>;
