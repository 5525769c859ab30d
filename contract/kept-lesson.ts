import { z } from 'zod';
import { EXPERIMENT_STATES, STANDINGS } from './experiment.ts';
import type { LessonKind } from './lesson.ts';

/** How a lesson stands. Examples of people are `active` by themselves, everything else `needsReview`: its words came from outside. Only active examples enter contexts. */
export const LESSON_STATES = ['active', 'needsReview', 'retired'] as const;

/** How a lesson stands. */
export type LessonState = (typeof LESSON_STATES)[number];

/** Kinds of lessons. */
export const LESSON_KINDS = [
  'example',
  'rejection',
  'correction',
  'exhausted',
  'stalled',
] as const satisfies LessonKind[];

/** A change of how a lesson stands, as it is kept: another change comes after it, and takes nothing back. */
export interface LessonChange {
  /** From the same ascending numbers as lessons: a run reads the changes up to its watermark, and no later ones. */
  readonly id: number;
  readonly lesson: number;
  readonly state: LessonState;
}

/** How the cluster of an experiment that leaves a lesson out is called; the lesson's id follows. */
export const ABLATION_OF = 'lesson:';

/** A run of cases with a lesson and without it, as the lesson's newest is told. */
export const LessonTried = z.object({
  experiment: z.string(),
  /** Version that it was tried on. */
  harness: z.string(),
  state: z.enum(EXPERIMENT_STATES),
  /** `proven`: it helps; `refuted`: it does harm. */
  standing: z.enum(STANDINGS),
  because: z.string(),
  openedAt: z.number(),
});
/** A run of cases with a lesson and without it. */
export type LessonTried = z.infer<typeof LessonTried>;

/** The same, as who decides what is tried next needs to know it. */
export interface LessonTrial extends LessonTried {
  readonly lesson: number;
  readonly workflowId: string;
  readonly budgetMicroUsd: number;
  readonly most?: number;
  /** Cases that have run with it and without it. */
  readonly ran: number;
}

/** A lesson with how it stands, for people. */
export const KeptLesson = z.object({
  id: z.int(),
  loop: z.string(),
  kind: z.enum(LESSON_KINDS),
  text: z.string(),
  input: z.unknown(),
  output: z.unknown().optional(),
  predicted: z.unknown().optional(),
  source: z.string(),
  by: z.string().optional(),
  runKey: z.string(),
  createdAt: z.number(),
  /** Failure cluster that it is in. */
  cluster: z.string().optional(),
  state: z.enum(LESSON_STATES),
  /** Whether a person has read it, and lets its words be used as an instruction. */
  reviewed: z.boolean(),
  /** Why it stands so, who said it and when; absent where nobody has. */
  because: z.string().optional(),
  changedBy: z.string().optional(),
  changedAt: z.number().optional(),
  /** Of the newest {@link LOOKED_AT} contexts of its loop: how many showed it, and when one last did. */
  uses: z.int(),
  lastUsedAt: z.number().optional(),
  /** Cases that pass with it and fail without it, and the other way round, as ablations found. */
  helpful: z.int(),
  harmful: z.int(),
  /** The newest ablation of it; absent where there was none. */
  tried: LessonTried.optional(),
});
/** A lesson with how it stands, for people. */
export type KeptLesson = z.infer<typeof KeptLesson>;

/** Newest contexts of a loop that are looked at for which lessons they showed. */
export const LOOKED_AT = 1000;

/** Most lessons that one question answers. */
export const MOST_LESSONS = 500;

/** Which lessons of a loop to list, newest first. */
export const LessonListQuery = z.strictObject({
  loop: z.string(),
  kind: z.enum(LESSON_KINDS).optional(),
  state: z.enum(LESSON_STATES).optional(),
  cluster: z.string().optional(),
  /** Only those before this id, as the page before ended. */
  before: z.int().optional(),
  limit: z.int().min(1).max(MOST_LESSONS),
});
/** Which lessons of a loop to list. */
export type LessonListQuery = z.infer<typeof LessonListQuery>;

/** What a person says about a lesson: that its words may be used (`review`), or that it is not to be used any more (`retire`). */
export const LessonVerdict = z.strictObject({
  loop: z.string(),
  id: z.int().min(1),
  verdict: z.enum(['review', 'retire']),
  because: z.string().max(2000).optional(),
});
/** What a person says about a lesson. */
export type LessonVerdict = z.infer<typeof LessonVerdict>;

/** When examples of a loop are retired by themselves; what is absent never is a reason. */
export const LessonExpiry = z.strictObject({
  loop: z.string(),
  /** Older than this, in milliseconds. */
  afterMs: z.int().min(1).optional(),
  /** Shown by none of so many of the newest contexts, and older than those. */
  unusedFor: z.int().min(1).max(LOOKED_AT).optional(),
});
/** When examples of a loop are retired by themselves. */
export type LessonExpiry = z.infer<typeof LessonExpiry>;
