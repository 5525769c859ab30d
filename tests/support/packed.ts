import { execFile, type ExecFileException } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { OF_A_CI_JOB } from './crash-process.ts';
import { until } from './rig.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a command ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a reader who has set nothing of ours, Temporal's or OpenAI's, outside of any CI job; the Temporal CLI is the test run's. */
export function readersEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(TEMPORAL_|LOOPWRIGHT_(?!CACHE)|OPENAI_|npm_|VITEST|NODE_ENV|NODE_OPTIONS)/.test(name) &&
      !OF_A_CI_JOB.test(name),
  );
  return { ...Object.fromEntries(inherited), TEMPORAL_CLI_PATH: inject('temporalCli'), ...more };
}

/** Runs a program in a folder, in a reader's environment. */
export function execute(
  file: string,
  words: readonly string[],
  cwd: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const options = { cwd, env: readersEnvironment(more), maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(file, [...words], options, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
    });
  });
}

/** The package as `npm pack` makes it, installed without any install script into an empty folder elsewhere. */
export interface Installed {
  readonly tarball: string;
  /** Has the tarball, `package.json`, `node_modules`, and what the tutorial puts there. */
  readonly folder: string;
  /** How long it took to install, in milliseconds. */
  readonly tookMs: number;
}

/** Packs and installs, once a test run: the file that asks first does it, and the others wait. @throws Error with what npm said. */
export async function install(): Promise<Installed> {
  const scratch = join(inject('scratch'), 'package');
  const folder = join(scratch, 'elsewhere');
  const done = join(scratch, 'done');
  const first = await mkdir(scratch).then(
    () => true,
    () => false,
  );
  if (first) {
    await mkdir(folder);
    await must(await execute('npm', ['pack', '--pack-destination', folder], ROOT));
    const begun = performance.now();
    // As the tutorial says it.
    const words = ['install', '--ignore-scripts', `./${basename(await tarballIn(folder))}`];
    await must(await execute('npm', words, folder));
    await writeFile(done, String(performance.now() - begun));
  }
  const took = await until(
    async () => readFile(done, 'utf8').catch(() => ''),
    (text) => text !== '',
    180_000,
  );
  return { tarball: await tarballIn(folder), folder, tookMs: Number(took) };
}

async function tarballIn(folder: string): Promise<string> {
  const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  return join(folder, name);
}

async function must({ code, stderr }: Ran): Promise<void> {
  if (code !== 0) throw new Error(stderr);
}
