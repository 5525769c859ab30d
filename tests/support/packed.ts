import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { until } from './rig.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a command ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a reader who has set nothing of ours, Temporal's or OpenAI's; the Temporal CLI is the test run's. */
export function readersEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|LOOPWRIGHT_(?!CACHE)|OPENAI_|npm_|VITEST|NODE_ENV|NODE_OPTIONS)/.test(name),
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
  /** An empty folder but for `package.json` and `node_modules`. */
  readonly folder: string;
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
    await must(await execute('npm', ['pack', '--pack-destination', scratch], ROOT));
    await mkdir(folder);
    const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', await tarballIn(scratch)];
    await must(await execute('npm', words, folder));
    await writeFile(done, '');
  }
  await until(
    async () => existsSync(done),
    (is) => is,
    180_000,
  );
  return { tarball: await tarballIn(scratch), folder };
}

async function tarballIn(folder: string): Promise<string> {
  const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  return join(folder, name);
}

async function must({ code, stderr }: Ran): Promise<void> {
  if (code !== 0) throw new Error(stderr);
}
