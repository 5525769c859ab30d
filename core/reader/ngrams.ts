import type { SparseVector } from './vector.ts';

/** Number of hash buckets: 2^18, so that two n-grams of a few thousand short texts seldom share one. */
const BUCKETS = 262_144;

/** How much each family of n-grams weighs in {@link ngramVector}. */
const WEIGHT = { word: 1, pair: 0.7, chars: 0.5 } as const;

/** The words of a text: lower case, without accents and apostrophes, split at everything that is no letter and no digit. */
export function words(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** FNV-1a, 32 bits, over the UTF-16 units of a string (the algorithm of Fowler, Noll and Vo). */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** One n-gram of a text: which bucket it falls in and how much it weighs. */
export interface Ngram {
  readonly bucket: number;
  readonly weight: number;
}

/** Words, pairs of neighbouring words, and runs of 3 and 4 characters inside padded words, hashed, in reading order, repeats kept. */
export function ngrams(text: string): Ngram[] {
  const found: Ngram[] = [];
  const add = (family: keyof typeof WEIGHT, gram: string): void => {
    found.push({ bucket: fnv1a(`${family} ${gram}`) % BUCKETS, weight: WEIGHT[family] });
  };
  const list = words(text);
  list.forEach((word, at) => {
    add('word', word);
    if (at > 0) add('pair', `${list[at - 1]} ${word}`);
    const padded = `<${word}>`;
    for (const size of [3, 4])
      for (let from = 0; from + size <= padded.length; from += 1) add('chars', padded.slice(from, from + size));
  });
  return found;
}

/** The hashed n-grams of a text as a sparse vector of length 1 (0 for a text without words); a bucket's value is its damped weight. */
export function ngramVector(text: string): SparseVector {
  const sums = new Map<number, number>();
  for (const { bucket, weight } of ngrams(text)) sums.set(bucket, (sums.get(bucket) ?? 0) + weight);
  const indices = Uint32Array.from(sums.keys()).sort();
  const values = Float32Array.from(indices, (bucket) => sums.get(bucket) as number);
  const length = Math.hypot(...values);
  return { indices, values: length === 0 ? values : values.map((value) => value / length) };
}
