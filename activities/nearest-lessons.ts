import { setImmediate as pause } from 'node:timers/promises';
import type { Lesson } from '../contract/lesson.ts';
import { canonicalJson } from '../core/canonical.ts';
import { ngramVector } from '../core/reader/ngrams.ts';
import { sparseCosine } from '../core/reader/vector.ts';

/** The lessons whose input has the most in common with this one, by hashed n-grams; newer ones first among equals. */
export function nearestLessons(known: readonly Lesson[], input: unknown, limit: number): Lesson[] {
  const wanted = ngramVector(canonicalJson(input));
  return known
    .map((lesson) => ({ lesson, similarity: sparseCosine(wanted, vectorOf(lesson)) }))
    .toSorted((a, b) => b.similarity - a.similarity || b.lesson.id - a.lesson.id)
    .slice(0, limit)
    .map(({ lesson }) => lesson);
}

/** Lessons that are looked at before the process gets to do other work: of ten thousand whose n-grams nobody has counted yet, all at once take seconds. */
const AT_ONCE = 200;

/** Whether a lesson would be among those; it looks no further than it has to. */
export async function isAmongNearest(
  id: number,
  known: readonly Lesson[],
  input: unknown,
  limit: number,
): Promise<boolean> {
  const one = known.find((lesson) => lesson.id === id);
  if (one === undefined) return false;
  const wanted = ngramVector(canonicalJson(input));
  const similarity = sparseCosine(wanted, vectorOf(one));
  let nearer = 0;
  for (const [at, other] of known.entries()) {
    if (at % AT_ONCE === 0) await pause();
    const its = sparseCosine(wanted, vectorOf(other));
    if (its > similarity || (its === similarity && other.id > id)) nearer += 1;
    if (nearer >= limit) return false;
  }
  return true;
}

const vectors = new WeakMap<Lesson, ReturnType<typeof ngramVector>>();

function vectorOf(lesson: Lesson): ReturnType<typeof ngramVector> {
  const known = vectors.get(lesson);
  if (known !== undefined) return known;
  const vector = ngramVector(canonicalJson(lesson.input));
  vectors.set(lesson, vector);
  return vector;
}
