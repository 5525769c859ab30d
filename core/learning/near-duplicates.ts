import { ngramVector } from '../reader/ngrams.ts';
import { sparseCosine, type SparseVector } from '../reader/vector.ts';

/** From this cosine of their n-grams on, two texts say the same. */
const SAME = 0.9;

/** By how many n-grams a text is found again, and how many texts are kept under each pair of them. */
const SKETCH = { size: 8, kept: 8 } as const;

/** More than there are n-grams: two of them make one number. */
const PAIR = 2 ** 18;

interface Kept {
  readonly vector: SparseVector;
  readonly group: string;
}

/**
 * Groups of texts that say nearly the same. A text is held against those only that share two of its first n-grams in the
 * order of their hashes (a bottom-k sketch: Broder, 1997), so that a search costs the same however many there are; texts
 * that are nearly the same share that many nearly always.
 */
export class NearDuplicates {
  readonly #bySketch = new Map<number, Kept[]>();
  #size = 0;

  /** How many texts were put in. */
  get size(): number {
    return this.#size;
  }

  /** Puts a text into the group of one that says nearly the same, else into its own; answers the group. */
  add(text: string, own: string): string {
    this.#size += 1;
    const vector = ngramVector(text);
    const pairs = sketch(vector);
    const kept = { vector, group: this.#near(vector, pairs)?.group ?? own };
    for (const pair of pairs) {
      const list = this.#bySketch.get(pair) ?? [];
      list.unshift(kept);
      if (list.length > SKETCH.kept) list.pop();
      this.#bySketch.set(pair, list);
    }
    return kept.group;
  }

  #near(vector: SparseVector, pairs: readonly number[]): Kept | undefined {
    const looked = new Set<Kept>();
    for (const pair of pairs)
      for (const kept of this.#bySketch.get(pair) ?? []) {
        if (looked.has(kept)) continue;
        looked.add(kept);
        if (sparseCosine(vector, kept.vector) >= SAME) return kept;
      }
    return undefined;
  }
}

/** Pairs of a text's first n-grams. Their places are hashes, and ascend. */
function sketch({ indices }: SparseVector): number[] {
  const first = [...indices.subarray(0, SKETCH.size)];
  return first.flatMap((one, at) => first.slice(at + 1).map((other) => one * PAIR + other));
}
