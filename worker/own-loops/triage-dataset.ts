import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { writeWhole } from '../write-whole.ts';

/** A customer message and its true intent. */
export interface LabelledMessage {
  readonly id: string;
  readonly text: string;
  readonly intent: string;
}

/** Messages for `supportTriage`: a stream to work on and held-out ones never to learn from. */
export interface TriageDataset {
  readonly name: 'banking77' | 'sample';
  /** Where it came from, for people. */
  readonly from: string;
  readonly intents: readonly string[];
  readonly stream: readonly LabelledMessage[];
  readonly heldOut: readonly LabelledMessage[];
}

/** Where to look. */
export interface DatasetOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  /** Whether BANKING77 may be downloaded from its public home. */
  readonly download: boolean;
  readonly report: (text: string) => void;
}

/** BANKING77 (Casanueva et al. 2020, CC BY 4.0) at a fixed commit of its public home, checked by sha256. */
const BANKING77 = {
  home: 'https://raw.githubusercontent.com/PolyAI-LDN/task-specific-datasets/57ec275d8078af65b7731c2a98be812d844a6d6b/banking_data/',
  files: {
    'train.csv': 'b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b',
    'test.csv': 'd12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d',
  },
  /** Its files are sorted by intent, so they are shuffled; the seeds are part of the figures. */
  seeds: { train: 7, test: 77 },
  heldOut: 1540,
  /** Give up after this long without an answer. */
  timeoutMs: 8000,
} as const;

const SAMPLE = fileURLToPath(new URL('../../loops/supportTriage/sample/', import.meta.url));

/** BANKING77 from `LOOPWRIGHT_DATASETS`, from the cache or its public home; else the sample that the project owns. */
export async function triageDataset(options: DatasetOptions): Promise<TriageDataset> {
  const folder = options.env['LOOPWRIGHT_DATASETS'];
  if (folder !== undefined && folder !== '') {
    const given = await fromFolder(join(folder, 'banking77')).catch(() => undefined);
    if (given !== undefined) return given;
    options.report(`LOOPWRIGHT_DATASETS=${folder} has no readable banking77/; looking elsewhere.`);
  }
  if (options.download) {
    const fetched = await fromHome(options).catch((error: Error) => error);
    if (!(fetched instanceof Error)) return fetched;
    options.report(`BANKING77 cannot be had (${fetched.message}); using the sample that comes with the project.`);
  }
  return await sample();
}

/** The sample that the project owns. */
export async function sample(): Promise<TriageDataset> {
  const stream = rowsOf(await readFile(join(SAMPLE, 'stream.csv'), 'utf8'), 's');
  const heldOut = rowsOf(await readFile(join(SAMPLE, 'heldout.csv'), 'utf8'), 'h');
  return { name: 'sample', from: 'loops/supportTriage/sample', intents: intentsOf(stream), stream, heldOut };
}

async function fromFolder(folder: string): Promise<TriageDataset> {
  const stream = rowsOf(await readFile(join(folder, 'stream.csv'), 'utf8'), 'b');
  const heldOut = rowsOf(await readFile(join(folder, 'heldout.csv'), 'utf8'), 'h');
  return { name: 'banking77', from: folder, intents: intentsOf(stream), stream, heldOut };
}

async function fromHome(options: DatasetOptions): Promise<TriageDataset> {
  const train = rowsOf(await cached('train.csv', options), 'b');
  const test = rowsOf(await cached('test.csv', options), 'h');
  const { seeds, heldOut } = BANKING77;
  const stream = shuffled(train, seeds.train);
  return {
    name: 'banking77',
    from: 'its public home',
    intents: intentsOf(stream),
    stream,
    heldOut: shuffled(test, seeds.test).slice(0, heldOut),
  };
}

async function cached(name: keyof typeof BANKING77.files, { cacheDir, report }: DatasetOptions): Promise<string> {
  const folder = join(cacheDir, 'banking77');
  const file = join(folder, name);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined && sha256(known) === BANKING77.files[name]) return known;
  report(`BANKING77: downloading ${name} …`);
  const response = await fetch(BANKING77.home + name, { signal: AbortSignal.timeout(BANKING77.timeoutMs) });
  if (!response.ok) throw new Error(`${name}: its home answered ${response.status}`);
  const text = await response.text();
  if (sha256(text) !== BANKING77.files[name])
    throw new Error(`${name}: expected sha256 ${BANKING77.files[name]}, got ${sha256(text)}`);
  await mkdir(folder, { recursive: true });
  await writeWhole(file, text);
  return text;
}

/** Rows of a CSV with a header; the columns are `text` and `intent` or `category`, and `id` where there is one. */
function rowsOf(csv: string, prefix: string): LabelledMessage[] {
  const rows = parse(csv, { columns: true, skip_empty_lines: true, bom: true }) as Record<string, string>[];
  return rows.map((row, index) => ({
    id: row['id'] ?? `${prefix}${String(index + 1).padStart(5, '0')}`,
    text: row['text'] ?? '',
    intent: row['intent'] ?? row['category'] ?? '',
  }));
}

function intentsOf(rows: readonly LabelledMessage[]): string[] {
  return [...new Set(rows.map(({ intent }) => intent))].toSorted();
}

/** Fisher–Yates over a linear congruential generator (Numerical Recipes' constants): the same order everywhere. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed;
  for (let last = result.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
