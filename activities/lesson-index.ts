import type { LessonChange } from '../contract/kept-lesson.ts';
import type { Lesson } from '../contract/lesson.ts';
import type { PinnedRun } from '../contract/run.ts';
import { hiddenLessons } from '../core/learning/hidden-lessons.ts';
import type { LabelledExample } from '../loops/define/index.ts';
import type { Lessons } from '../store/ports.ts';

/** Which lessons a run may know. */
export type Knows = Pick<PinnedRun, 'loop' | 'watermark' | 'withoutLessons'>;

/** What is known of one loop. Both lists have the same lessons in the same places, oldest first. */
interface Known {
  /** Everything up to this id has been read. */
  readTo: number;
  readonly lessons: Lesson[];
  readonly labelled: LabelledExample[];
  /** Changes of how they stand, oldest first. */
  readonly changes: LessonChange[];
}

/**
 * The labelled examples of every loop, kept in memory and extended as they are learnt. A read at an older watermark sees
 * what was there then and was not retired then, without what was erased since; what is handed out never changes.
 */
export class LessonIndex {
  readonly #lessons: Lessons;
  readonly #byLoop = new Map<string, Known>();
  #erasures = 0;

  constructor(lessons: Lessons) {
    this.#lessons = lessons;
  }

  /** Examples that a run may know, as lessons, oldest first. */
  async examples(knows: Knows): Promise<readonly Lesson[]> {
    return seen(await this.#readTo(knows), 'lessons', knows);
  }

  /** The same examples as verifiers and learners get them: without who decided and why. */
  async labelled(knows: Knows): Promise<readonly LabelledExample[]> {
    return seen(await this.#readTo(knows), 'labelled', knows);
  }

  async #readTo({ loop, watermark }: Knows): Promise<Known> {
    const erasures = await this.#lessons.erasures();
    // What was read before may hold what was erased: it is read anew.
    if (erasures !== this.#erasures) this.#byLoop.clear();
    this.#erasures = erasures;
    const known = this.#byLoop.get(loop) ?? { readTo: 0, lessons: [], labelled: [], changes: [] };
    this.#byLoop.set(loop, known);
    if (known.readTo >= watermark) return known;
    const unread = { loop, after: known.readTo, upTo: watermark };
    const [fresh, changes] = await Promise.all([this.#lessons.list(unread), this.#lessons.changes(unread)]);
    // Two reads at once may both bring the same rows: only what is newer than what has been read meanwhile is kept.
    for (const lesson of fresh) {
      if (lesson.id <= known.readTo || lesson.kind !== 'example') continue;
      const { id, input, output, predicted } = lesson;
      known.lessons.push(lesson);
      known.labelled.push({ id, input, output, predicted });
    }
    for (const change of changes) if (change.id > known.readTo) known.changes.push(change);
    known.readTo = Math.max(known.readTo, watermark);
    return known;
  }
}

/** What of a list a run may know. */
function seen<K extends 'lessons' | 'labelled'>(
  known: Known,
  list: K,
  { watermark, withoutLessons = [] }: Knows,
): Known[K][number][] {
  const hidden = hiddenLessons(known.changes.slice(0, countTo(known.changes, watermark)));
  for (const lesson of withoutLessons) hidden.add(lesson);
  const upTo: readonly Known[K][number][] = known[list].slice(0, countTo(known[list], watermark));
  return hidden.size === 0 ? [...upTo] : upTo.filter(({ id }) => !hidden.has(id));
}

/** How many of a list in ascending order have an id up to the watermark; searched by halves. */
function countTo(list: readonly { readonly id: number }[], watermark: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.id ?? Infinity) <= watermark) low = middle + 1;
    else high = middle;
  }
  return low;
}
