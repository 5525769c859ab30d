import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { denseCosine } from '../../../core/reader/vector.ts';
import { PROBES } from './probe-vectors.ts';
import { FILE_NAMES, sha256Of } from './weight-files.ts';

/** Least cosine between a probe's vector and the stored one. int8 and fp32 weights of this model differ by .004 at most (embed.md §1). */
export const LEAST_COSINE = 0.99;

/** How the weights in a folder embed the probes. */
export type Probed =
  | { readonly kind: 'passed'; readonly worst: number }
  | { readonly kind: 'failed'; readonly why: string };

/**
 * Embeds the probe sentences with a folder's weights and holds the vectors against the stored ones: other files than
 * ours are the same model if they say the same. Takes about a second and 300 MB. Never throws.
 */
export async function probe(folder: string): Promise<Probed> {
  let worst = { cosine: 1, text: '' };
  try {
    // Only here: nobody pays for the runtime, or trips over its absence, who has no weights for it.
    const { openMinilm } = await import('./minilm.ts');
    const minilm = await openMinilm(folder);
    try {
      for (const { text, vector } of PROBES) {
        const cosine = denseCosine(await minilm.embed(text), storedVector(vector));
        if (Number.isNaN(cosine)) throw new Error(`"${text}" gives a vector that is no numbers`);
        if (cosine < worst.cosine) worst = { cosine, text };
      }
    } finally {
      await minilm.close();
    }
  } catch (error) {
    return { kind: 'failed', why: `the probe sentences cannot be embedded: ${(error as Error).message}` };
  }
  if (worst.cosine >= LEAST_COSINE) return { kind: 'passed', worst: worst.cosine };
  const text = worst.text.length > 40 ? `${worst.text.slice(0, 40)}…` : worst.text;
  return {
    kind: 'failed',
    why: `probe "${text}" has cosine ${worst.cosine.toFixed(4)} to its stored vector, expected at least ${LEAST_COSINE}`,
  };
}

/** The file beside weights that says which files passed the probes, so that a restart need not ask again. */
const PASSED = 'probed.json';

/** Notes down that the files of a folder passed. */
export async function notePassed(folder: string): Promise<void> {
  await writeFile(join(folder, PASSED), JSON.stringify(await sumsOf(folder)));
}

/** Whether exactly these files passed before. */
export async function hasPassed(folder: string): Promise<boolean> {
  const noted = await readFile(join(folder, PASSED), 'utf8').catch(() => undefined);
  return noted !== undefined && noted === JSON.stringify(await sumsOf(folder));
}

async function sumsOf(folder: string): Promise<Record<string, string | null>> {
  const sums = FILE_NAMES.map(async (name) => [name, (await sha256Of(join(folder, name))) ?? null] as const);
  return Object.fromEntries(await Promise.all(sums));
}

function storedVector(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readInt16LE(at * 2) / 10_000);
}
