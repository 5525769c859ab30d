import { fnv1a } from '../reader/ngrams.ts';

/** A number from 0 to below 1 that a text draws: always the same, and as good as random. FNV-1a, whose upper bits say little of short texts, and the finalizer of MurmurHash3 (Appleby). */
export function lot(text: string): number {
  let hash = fnv1a(text);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
