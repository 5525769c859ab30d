import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { download } from './download.ts';
import { probe } from './probe.ts';
import type { WeightFile } from './weight-files.ts';
import type { Fetched, SourceOptions } from './wheels.ts';

/** The model at the hub, at a revision that has it as ONNX. */
const REPOSITORY = 'sentence-transformers/all-MiniLM-L6-v2';

/** A revision never changes. Its files are not those of the wheels (fp32 where ours are int8), so they are probed. */
export const HUB_REVISION = 'c9745ed1d9f207416be6d2e6f8de32d1f16199bf';

/** The variable by which the hub's own clients name a mirror, and the one that forbids them the network. */
const ENDPOINT_VARIABLE = 'HF_ENDPOINT';
const OFFLINE_VARIABLE = 'HF_HUB_OFFLINE';
const HUB = 'https://huggingface.co';

/** Where each file is in the repository, and the most bytes it may have (90.4 MB, 466 kB and 350 B are expected). */
const PLACES: Record<WeightFile, { readonly path: string; readonly maxBytes: number }> = {
  'tokenizer_config.json': { path: 'tokenizer_config.json', maxBytes: 100_000 },
  'tokenizer.json': { path: 'tokenizer.json', maxBytes: 5_000_000 },
  'model.onnx': { path: 'onnx/model.onnx', maxBytes: 150_000_000 },
};

const downloadTimeoutMs = 10 * 60_000;

/** The weights from the model hub, or the mirror that `HF_ENDPOINT` names, checked by the vectors that they make. */
export async function fromHub({ env, scratch, report }: SourceOptions): Promise<Fetched> {
  if (/^(1|true|yes|on)$/i.test(env[OFFLINE_VARIABLE] ?? '')) return failed(`${OFFLINE_VARIABLE} is set`);
  const hub = env[ENDPOINT_VARIABLE] || HUB;
  if (!URL.canParse(hub)) return failed(`${ENDPOINT_VARIABLE} is no URL: "${hub}"`);
  const unable = await import('./minilm.ts').then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  // Else they would be downloaded again at every start, and never read.
  if (unable !== undefined) return failed(`not asked, because nothing here could read them: ${unable}`);
  const folder = join(scratch, 'hub');
  await mkdir(folder);
  report(`all-MiniLM-L6-v2: downloading the weights from ${hub} (91 MB, once) …`);
  const signal = AbortSignal.timeout(downloadTimeoutMs);
  try {
    for (const [name, { path, maxBytes }] of Object.entries(PLACES)) {
      const url = new URL(`${hub.replace(/\/+$/, '')}/${REPOSITORY}/resolve/${HUB_REVISION}/${path}`);
      await download(url, join(folder, name), maxBytes, signal);
    }
  } catch (error) {
    return failed(signal.aborted ? `${hub} was not done after ${downloadTimeoutMs / 1000} s` : reasonOf(error, hub));
  }
  const probed = await probe(folder);
  return probed.kind === 'passed' ? { kind: 'ready', folder } : failed(`${probed.why} in the files from ${hub}`);
}

function reasonOf(error: unknown, hub: string): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${hub} could not be reached: ${cause.message}` : message;
}

function failed(why: string): Fetched {
  return { kind: 'failed', why };
}
