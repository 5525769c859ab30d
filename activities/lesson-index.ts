import type { Lesson } from '../contract/lesson.ts';
import type { Lessons } from '../store/ports.ts';

/** The lessons of every loop, kept in memory and extended as they are learnt; a read at an older watermark sees what was there then. */
export class LessonIndex {
  readonly #lessons: Lessons;
  readonly #byLoop = new Map<string, Lesson[]>();

  constructor(lessons: Lessons) {
    this.#lessons = lessons;
  }

  /** Lessons of a loop up to the watermark, oldest first. */
  async upTo(loop: string, watermark: number): Promise<readonly Lesson[]> {
    const known = this.#byLoop.get(loop) ?? [];
    const last = known.at(-1)?.id ?? 0;
    if (last < watermark) {
      const fresh = await this.#lessons.list({ loop, after: last, upTo: watermark });
      // Two reads at once may both bring the same rows: only what is newer than the newest is kept.
      const newest = known.at(-1)?.id ?? 0;
      known.push(...fresh.filter((lesson) => lesson.id > newest));
      this.#byLoop.set(loop, known);
    }
    return known.at(-1) === undefined || (known.at(-1)?.id ?? 0) <= watermark
      ? [...known]
      : known.filter((lesson) => lesson.id <= watermark);
  }
}
