import { denseCosine, sparseCosine, type SparseVector } from './vector.ts';

/**
 * What a reader needs from the space its vectors live in. A space may weigh a vector by what was seen so far
 * (`texts` of them), so that the same vector at the same moment is always the same.
 */
export interface Space<V> {
  /** Cosine of two weighed vectors: 1 for the same direction, 0 for nothing in common. */
  similarity(a: V, b: V): number;
  /** Notes that one more text was seen. */
  see(vector: V): void;
  /** The vector as it counts when the first `texts` texts were seen. */
  weigh(vector: V, texts: number): V;
}

/** Vectors of a trained embedder, as they are. */
export class DenseSpace implements Space<Float32Array> {
  similarity(a: Float32Array, b: Float32Array): number {
    return denseCosine(a, b);
  }

  see(): void {}

  weigh(vector: Float32Array): Float32Array {
    return vector;
  }
}

/**
 * Hashed n-grams, the rare ones counting more (inverse document frequency). A bucket keeps the positions of the texts it
 * occurs in, so that "how rare so far" can be answered for every earlier moment.
 */
export class NgramSpace implements Space<SparseVector> {
  readonly #positions = new Map<number, number[]>();
  #texts = 0;

  similarity(a: SparseVector, b: SparseVector): number {
    return sparseCosine(a, b);
  }

  see(vector: SparseVector): void {
    for (const bucket of vector.indices) {
      const positions = this.#positions.get(bucket);
      if (positions) positions.push(this.#texts);
      else this.#positions.set(bucket, [this.#texts]);
    }
    this.#texts += 1;
  }

  /** Every value times ln(1 + (texts + 1) / (texts with that n-gram + 0.5)), at length 1 again. */
  weigh(vector: SparseVector, texts: number): SparseVector {
    let squares = 0;
    const values = vector.values.map((value, at) => {
      const seen = countBelow(this.#positions.get(vector.indices[at] as number) ?? [], texts);
      const weighed = value * Math.log(1 + (texts + 1) / (seen + 0.5));
      squares += weighed * weighed;
      return weighed;
    });
    const length = Math.sqrt(squares);
    return { indices: vector.indices, values: length === 0 ? values : values.map((value) => value / length) };
  }
}

/** How many of the ascending numbers are below `limit`. */
function countBelow(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
