import type { KeptLesson } from '../../contract/kept-lesson.ts';

/** Whether a lesson's words may become part of an instruction: they came from outside, so a person has to have read them. */
export function mayInstruct({ state, reviewed }: Pick<KeptLesson, 'state' | 'reviewed'>): boolean {
  return reviewed && state === 'active';
}
