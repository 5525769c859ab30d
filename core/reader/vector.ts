/** A vector with few non-zero entries. `indices` ascend strictly and are aligned with `values`. */
export interface SparseVector {
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** What an embedder makes of a text: dense (MiniLM, 384 numbers) or sparse (hashed n-grams). Length 1, or 0 for an empty text. */
export type Vector = Float32Array | SparseVector;

/** Cosine of two dense vectors that have length 1. */
export function denseCosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Cosine of two sparse vectors that have length 1, by walking both index lists once. */
export function sparseCosine(a: SparseVector, b: SparseVector): number {
  const left = a.indices;
  const right = b.indices;
  let sum = 0;
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const difference = (left[i] as number) - (right[j] as number);
    if (difference === 0) sum += (a.values[i++] as number) * (b.values[j++] as number);
    else if (difference < 0) i += 1;
    else j += 1;
  }
  return sum;
}
