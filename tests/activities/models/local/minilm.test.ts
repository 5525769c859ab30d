import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { minilmSpace, WEIGHTS_VARIABLE } from '../../../../activities/models/local/embedder.ts';
import { findWeights } from '../../../../activities/models/local/weights.ts';
import { labelWords } from '../../../../core/reader/label-words.ts';
import { denseCosine } from '../../../../core/reader/vector.ts';

const env = process.env;
const cacheDir = env['LOOPWRIGHT_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'loopwright');
const weights = await findWeights({
  folder: env[WEIGHTS_VARIABLE],
  cacheDir,
  env,
  report: (text) => process.stderr.write(`${text}\n`),
});
if (weights.kind === 'missing') process.stderr.write(`MiniLM is not tested: ${weights.reason}\n`);
const space = weights.kind === 'found' ? await minilmSpace(weights.folder) : undefined;
const withWeights = test.skipIf(space === undefined);

async function embed(text: string): Promise<Float32Array> {
  if (space === undefined) throw new Error('no weights');
  return await space.embed(text);
}

withWeights('a vector has 384 numbers and length 1, also for no text, other scripts and more than fits', async () => {
  for (const text of ['Where is my card?', '', '日本語 🙂 naïve', 'card '.repeat(4000)]) {
    const vector = await embed(text);
    expect(vector).toHaveLength(384);
    expect(denseCosine(vector, vector)).toBeCloseTo(1, 5);
  }
});

/** Made from the same files by onnxruntime 1.32.0 and tokenizers 0.23.3 for Python. */
const inPython: readonly (readonly [string, readonly number[]])[] = [
  ['This is an example sentence', [0.066787, 0.061189, 0.05091, 0.079021]],
  ['My card has not arrived', [-0.020407, 0.026098, -0.00277, 0.008551]],
  ['naïve 日本語 🙂', [-0.031039, 0.057742, 0.101698, -0.044469]],
  ['card '.repeat(4000), [-0.035951, 0.019662, -0.00929, -0.007937]],
];

withWeights('a vector begins as the one made in Python', async () => {
  for (const [text, numbers] of inPython) {
    const vector = await embed(text);
    numbers.forEach((number, at) => expect(vector[at]).toBeCloseTo(number, 4));
  }
});

withWeights(
  'reads the sample by nearest label name as the same model does in Python: .781 of the held-out messages',
  { timeout: 60_000 },
  async () => {
    const file = join(import.meta.dirname, '../../../../loops/supportTriage/sample/heldout.csv');
    const rows = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [, quoted, plain, label] = /^[^,]+,(?:"((?:[^"]|"")*)"|([^,]*)),(\w+)$/.exec(line) ?? [];
        return { text: (quoted ?? plain ?? '').replaceAll('""', '"'), label: label as string };
      });
    const labels = [...new Set(rows.map((row) => row.label))].toSorted();
    const names = await Promise.all(labels.map(async (label) => ({ label, vector: await embed(labelWords(label)) })));
    let right = 0;
    for (const { text, label } of rows) {
      const vector = await embed(text);
      const nearness = names.map((name) => denseCosine(name.vector, vector));
      if (labels[nearness.indexOf(Math.max(...nearness))] === label) right += 1;
    }
    expect(rows).toHaveLength(192);
    expect(right / rows.length).toBeCloseTo(0.781, 2);
  },
);
