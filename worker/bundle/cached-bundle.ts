import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle-workflows.ts';
import { OWN_EXTENSION, ownPath } from '../package/own-module.ts';
import { writeWhole } from '../write-whole.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Folders that workflow code may come from. */
const SOURCES = ['contract', 'core', 'workflows'];

/** Workflow code of one loop, in a file of a person's folder. */
export interface WorkflowSource {
  readonly loop: string;
  /** Exports a function under the loop's name. */
  readonly file: string;
  /** The file and what it imports by path. */
  readonly files: readonly string[];
}

/**
 * The workflow bundle from the cache where the same sources and SDK made it, else made now; so a restarted worker is
 * back in under a second. Without `workflows` it has the project's own, with them the default one and theirs.
 * @throws BundleFailed
 */
export async function cachedBundle(cacheDir: string, workflows?: readonly WorkflowSource[]): Promise<{ code: string }> {
  const print = await fingerprint(workflows);
  const file = join(cacheDir, `workflows-${print}.js`);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return { code: known };
  await mkdir(cacheDir, { recursive: true });
  const { code } = await bundleWorkflows(
    workflows === undefined ? undefined : await entryOf(cacheDir, print, workflows),
  );
  await writeWhole(file, code);
  return { code };
}

async function entryOf(cacheDir: string, print: string, workflows: readonly WorkflowSource[]): Promise<string> {
  const path = join(cacheDir, `workflows-${print}-entry.js`);
  await writeWhole(path, entryText(workflows));
  return path;
}

/** A module that exports the default workflow, each loop's own, and all that `theirs` exports by name. */
export function entryText(workflows: readonly WorkflowSource[], theirs?: string): string {
  return [
    `export { default } from ${JSON.stringify(ownPath('workflows/loop'))};`,
    `export * from ${JSON.stringify(ownPath('workflows/learning'))};`,
    ...(theirs === undefined ? [] : [`export * from ${JSON.stringify(theirs)};`]),
    ...workflows.map(({ loop, file }) => `export { ${loop} } from ${JSON.stringify(file)};`),
    '',
  ].join('\n');
}

async function fingerprint(workflows: readonly WorkflowSource[] | undefined): Promise<string> {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(`${version} ${ROOT} ${workflows === undefined ? 'own' : 'theirs'}`);
  for (const folder of SOURCES) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    const modules = names.filter((name) => name.endsWith(OWN_EXTENSION) && !name.endsWith('.d.ts'));
    for (const name of modules.toSorted()) hash.update(name).update(await readFile(join(ROOT, folder, name)));
  }
  for (const { loop, file, files } of workflows ?? []) {
    hash.update(`${loop} ${file}`);
    for (const path of files) hash.update(path).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}
