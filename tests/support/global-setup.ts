import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bareServer } from '../../testing/server.ts';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import { bundleWorkflows } from '../../worker/bundle/bundle-workflows.ts';
import { cacheFolder } from '../../worker/temporal/cache-folder.ts';
import { findTemporal } from '../../worker/temporal/find.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the one real Temporal server of the test run. */
    readonly temporal: string;
    readonly temporalCli: string;
    /** File with the bundled workflows. */
    readonly bundle: string;
    /** The database of a store in which nothing is yet; to migrate one for each test takes longer than to copy it. */
    readonly newStore: string;
    /** A folder that test files share. */
    readonly scratch: string;
  }
}

/** One Temporal server and one workflow bundle a test run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-tests-'));
  const cli = await findTemporal({ env: process.env, cacheDir: cacheFolder(process.env), report: console.error });
  const server = await bareServer(cli.path, folder);
  const bundle = join(folder, 'workflows.js');
  const { code } = await bundleWorkflows();
  await writeFile(bundle, code);
  project.provide('temporal', server.address);
  project.provide('temporalCli', cli.path);
  project.provide('bundle', bundle);
  project.provide('newStore', await newStore(join(folder, 'new')));
  project.provide('scratch', folder);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function newStore(folder: string): Promise<string> {
  const store = await openStore(folder, process.pid);
  await store.close();
  return join(folder, DATABASE_FILE);
}
