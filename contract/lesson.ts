import type { Digest, Timestamp } from './names.ts';

/** What a lesson is: a labelled example (enters later contexts by itself) or a record of what went wrong (does not, until promoted). */
export type LessonKind = 'example' | 'rejection' | 'correction' | 'exhausted' | 'stalled';

/** A governed record of what a decision, a correction or a failure taught. Written once, never changed. */
export interface Lesson {
  /** Ascending, so that "what the run could know" is one number: the watermark. */
  readonly id: number;
  readonly loop: string;
  readonly kind: LessonKind;
  /** What went wrong, or why the label is right, in words. */
  readonly text: string;
  /** The work it came from. */
  readonly input: unknown;
  /** Examples: the right output. */
  readonly output?: unknown;
  /** What the generator had answered before the human did. */
  readonly predicted?: unknown;
  /** Made from what came from outside, so it is data and never an instruction until reviewed. */
  readonly trust: 'untrusted';
  readonly runKey: string;
  readonly source: 'approval' | 'edit' | 'audit' | 'rejection' | 'outcome';
  /** Who decided, and whether that was proven. */
  readonly by?: string;
  readonly artefact?: Digest;
  readonly createdAt: Timestamp;
}
