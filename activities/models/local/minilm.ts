import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Length of a vector of all-MiniLM-L6-v2. */
export const DIMENSIONS = 384;

/** Tokens read of a text, its two marks included: the truncation that tokenizer.json asks for and this runtime leaves to its caller. */
const MAX_TOKENS = 128;

/** Embeds one text: the mean of its token vectors, at length 1. */
export type Minilm = (text: string) => Promise<Float32Array>;

/** A model in memory. */
export interface OpenMinilm {
  readonly embed: Minilm;
  /** Gives the memory back. */
  close(): Promise<void>;
}

/** Loads all-MiniLM-L6-v2 from a folder of weights. About 0.5 s and 300 MB; then 3-4 ms of one core for a short text. */
export async function openMinilm(folder: string): Promise<OpenMinilm> {
  const json = async (name: string): Promise<object> =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as object;
  const tokenizer = new Tokenizer(await json('tokenizer.json'), await json('tokenizer_config.json'));
  // One thread: with two, a busy machine of two cores was slower (embed.md §2), and batches gain nothing.
  const session = await InferenceSession.create(join(folder, 'model.onnx'), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const embed: Minilm = async (text) => {
    const ids = cut(tokenizer.encode(text).ids);
    const output = await session.run({
      input_ids: integers(ids),
      attention_mask: integers(ids.map(() => 1)),
      token_type_ids: integers(ids.map(() => 0)),
    });
    const hidden = output['last_hidden_state']?.data;
    if (!(hidden instanceof Float32Array) || hidden.length !== ids.length * DIMENSIONS) {
      throw new Error(
        `Expected model.onnx to give ${DIMENSIONS} numbers a token in last_hidden_state, got ${hidden?.length ?? 'nothing'} for ${ids.length} tokens`,
      );
    }
    return meanAtLengthOne(hidden);
  };
  return { embed, close: () => session.release() };
}

/** The first tokens, and the closing mark. */
function cut(ids: readonly number[]): readonly number[] {
  return ids.length <= MAX_TOKENS ? ids : [...ids.slice(0, MAX_TOKENS - 1), ids.at(-1) as number];
}

function integers(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
}

function meanAtLengthOne(hidden: Float32Array): Float32Array {
  const sum = new Float32Array(DIMENSIONS);
  hidden.forEach((value, at) => (sum[at % DIMENSIONS] = (sum[at % DIMENSIONS] as number) + value));
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}
