import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DATABASE_FILE } from '../../store/index.ts';
import { REPORTS } from '../files.ts';
import { VECTORS_FILE } from '../models/vector-file.ts';

/** Characters of one piece that are looked at again with the next: longer than any subject. */
const OVERLAP = 4096;

/** Whether a text names the subject. */
type Named = (text: string) => boolean;

/** Files that effects wrote, and that name a subject. */
export async function reportsNaming(data: string, named: Named): Promise<string[]> {
  const folder = join(data, REPORTS);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => named(name) || named(await readFile(join(folder, name), 'utf8').catch(() => ''))),
  );
  return names.filter((_, index) => found[index] === true).map((name) => join(REPORTS, name));
}

/** Deletes files of a data folder. */
export async function deleteFiles(data: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(join(data, path), { force: true });
}

/** Empties the cache of vectors: what a text means can be read from its vector, more or less. A worker makes those it needs again. */
export function emptyVectors(data: string): void {
  const path = join(data, VECTORS_FILE);
  if (!existsSync(path)) return;
  const file = new DatabaseSync(path, { timeout: 5000 });
  try {
    file.exec('delete from vectors; vacuum; pragma wal_checkpoint(truncate)');
  } finally {
    file.close();
  }
}

/** Files of a data folder that name a subject still, other than the store: Temporal's own, and logs. */
export async function othersNaming(data: string, named: Named): Promise<string[]> {
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const naming: string[] = [];
  for (const path of paths.toSorted()) {
    const name = relative(data, path);
    if (!name.startsWith(DATABASE_FILE) && (await fileNames(path, named))) naming.push(name);
  }
  return naming;
}

async function fileNames(path: string, named: Named): Promise<boolean> {
  let last = '';
  try {
    for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
      const text = last + String(piece);
      if (named(text)) return true;
      last = text.slice(-OVERLAP);
    }
  } catch {
    // It went meanwhile, or is for somebody else's eyes.
  }
  return false;
}
