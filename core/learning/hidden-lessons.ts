import type { LessonChange } from '../../contract/kept-lesson.ts';

/** Lessons that changes, oldest first, have left other than active. */
export function hiddenLessons(changes: readonly LessonChange[]): Set<number> {
  const hidden = new Set<number>();
  for (const { lesson, state } of changes)
    if (state === 'active') hidden.delete(lesson);
    else hidden.add(lesson);
  return hidden;
}
