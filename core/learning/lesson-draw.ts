import { lot } from './lot.ts';

/** A lesson that may be left out, to see what it is worth. */
export interface Tryable {
  readonly id: number;
  /** Of the newest contexts of its loop: how many showed it, and how many of those were of runs that people corrected. */
  readonly uses: number;
  readonly corrected: number;
  /** How often it was tried. */
  readonly tries: number;
}

/**
 * How much rather a lesson is drawn than another. What is shown often can do most good and most harm, and what stood in the
 * context of a run that people corrected may be what misled it, so that counts twice. Both by their logarithm: of a
 * thousand contexts a lesson is drawn at most thirty times as often as one that was never shown, and none never. A lesson
 * that was tried gives way to those that were tried less.
 */
export function weightOf({ uses, corrected, tries }: Omit<Tryable, 'id'>): number {
  return (1 + Math.log2(1 + uses) + 2 * Math.log2(1 + corrected)) / (1 + tries);
}

/**
 * Lessons in an order that is drawn by their weights, without putting back (Efraimidis and Spirakis, 2006): each comes
 * first with the chance that its weight has of all. A seed makes the order again, whatever order they are given in, and
 * who comes or goes does not change that of the others.
 */
export function drawLessons<T extends Tryable>(lessons: readonly T[], seed: string): T[] {
  return lessons
    .map((one) => ({ one, at: -Math.log(1 - lot(`${seed}/${one.id}`)) / weightOf(one) }))
    .toSorted((a, b) => a.at - b.at || a.one.id - b.one.id)
    .map(({ one }) => one);
}
