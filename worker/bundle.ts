import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './loop-worker.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Folders that workflow code may come from. */
const SOURCES = ['contract', 'core', 'workflows'];

/** The workflow bundle from the cache where the same sources and SDK made it, else made now; so a restarted worker is back in under a second. */
export async function cachedBundle(cacheDir: string): Promise<{ code: string }> {
  const file = join(cacheDir, `workflows-${await fingerprint()}.js`);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return { code: known };
  const { code } = await bundleWorkflows();
  await mkdir(cacheDir, { recursive: true });
  await writeFile(`${file}.${process.pid}`, code);
  await rename(`${file}.${process.pid}`, file);
  return { code };
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(`${version} ${ROOT}`);
  for (const folder of SOURCES) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    for (const name of names.filter((entry) => entry.endsWith('.ts')).toSorted()) {
      hash.update(name).update(await readFile(join(ROOT, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
