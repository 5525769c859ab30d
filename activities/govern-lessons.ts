import type { NewLessonChange } from '../store/ports.ts';
import type { Dependencies } from './dependencies.ts';

/** Who retires lessons by a rule. */
const BY = 'loopwright';

/** Lessons that are retired at once. */
const AT_ONCE = 500;

/** Retires lessons of a loop by rule: those that expired, and those that ablations have shown to do harm. */
export async function governLessons(
  { store: { lessonStates }, now }: Pick<Dependencies, 'store' | 'now'>,
  loop: string,
): Promise<void> {
  const retire = (lesson: number, because: string): NewLessonChange => {
    return { loop, lesson, state: 'retired', because, by: BY, at: now() };
  };
  const harmful = await lessonStates.harmful(loop);
  await lessonStates.change(harmful.map(({ lesson, because }) => retire(lesson, because)));
  const expiry = await lessonStates.expiry(loop);
  if (expiry.afterMs === undefined && expiry.unusedFor === undefined) return;
  const due = await lessonStates.due(expiry, now(), AT_ONCE);
  await lessonStates.change(due.map((id) => retire(id, 'expired: too old, or unused for too long')));
}
