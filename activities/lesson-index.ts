import type { Lesson } from '../contract/lesson.ts';
import type { LabelledExample } from '../loops/define/index.ts';
import type { Lessons } from '../store/ports.ts';

/** What is known of one loop. Both lists have the same lessons in the same places, oldest first. */
interface Known {
  /** Everything up to this id has been read. */
  readTo: number;
  readonly lessons: Lesson[];
  readonly labelled: LabelledExample[];
}

/**
 * The labelled examples of every loop, kept in memory and extended as they are learnt. A read at an older watermark sees
 * what was there then, without what was erased since; what is handed out never changes.
 */
export class LessonIndex {
  readonly #lessons: Lessons;
  readonly #byLoop = new Map<string, Known>();
  #erasures = 0;

  constructor(lessons: Lessons) {
    this.#lessons = lessons;
  }

  /** Examples of a loop up to the watermark, as lessons, oldest first. */
  async examples(loop: string, watermark: number): Promise<readonly Lesson[]> {
    const { lessons } = await this.#readTo(loop, watermark);
    return lessons.slice(0, countTo(lessons, watermark));
  }

  /** The same examples as verifiers and learners get them: without who decided and why. */
  async labelled(loop: string, watermark: number): Promise<readonly LabelledExample[]> {
    const { labelled } = await this.#readTo(loop, watermark);
    return labelled.slice(0, countTo(labelled, watermark));
  }

  async #readTo(loop: string, watermark: number): Promise<Known> {
    const erasures = await this.#lessons.erasures();
    // What was read before may hold what was erased: it is read anew.
    if (erasures !== this.#erasures) this.#byLoop.clear();
    this.#erasures = erasures;
    const known = this.#byLoop.get(loop) ?? { readTo: 0, lessons: [], labelled: [] };
    this.#byLoop.set(loop, known);
    if (known.readTo >= watermark) return known;
    const fresh = await this.#lessons.list({ loop, after: known.readTo, upTo: watermark });
    // Two reads at once may both bring the same rows: only what is newer than what has been read meanwhile is kept.
    for (const lesson of fresh) {
      if (lesson.id <= known.readTo || lesson.kind !== 'example') continue;
      const { id, input, output, predicted } = lesson;
      known.lessons.push(lesson);
      known.labelled.push({ id, input, output, predicted });
    }
    known.readTo = Math.max(known.readTo, watermark);
    return known;
  }
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
