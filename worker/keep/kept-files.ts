import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BackupManifest } from '../../contract/backup.ts';
import { REPORTS } from '../files.ts';
import { INTENTS_FILE } from '../own-loops/own-loops.ts';

/** A file of a backup. */
export type KeptFile = BackupManifest['files'][number];

/**
 * Files of a data folder beside the database that it cannot be made from. Left out: `vectors.db` is a cache, `temporal.db`
 * is Temporal's own, and whatever else there is says who runs.
 */
export async function keptFilesOf(data: string): Promise<readonly string[]> {
  const reports = await readdir(join(data, REPORTS)).catch(() => []);
  const paths = [INTENTS_FILE, ...reports.filter((name) => !name.startsWith('.')).map((name) => `${REPORTS}/${name}`)];
  const found = await Promise.all(
    paths.map(async (path) => (await stat(join(data, path)).catch(() => undefined))?.isFile() === true),
  );
  return paths.filter((_, index) => found[index] === true);
}

/** Copies a file for its user's eyes only, onto the disk. */
export async function copyKept(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to);
  await settle(to);
}

/** Puts what was written to a file on the disk, for its user's eyes only. */
export async function settle(path: string): Promise<void> {
  await chmod(path, 0o600);
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Size and digest of a file. */
export async function summed(folder: string, path: string): Promise<KeptFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, path)), hash);
  const { size } = await stat(join(folder, path));
  return { path, bytes: size, sha256: hash.digest('hex') };
}

/** Gives a finished folder its name. What has it moves aside, and back where that fails. Answers whether something was there. */
export async function putInPlace(finished: string, name: string, aside: string): Promise<boolean> {
  const taken = existsSync(name);
  if (taken) await rename(name, aside);
  try {
    await rename(finished, name);
  } catch (error) {
    if (taken) await rename(aside, name);
    throw error;
  }
  return taken;
}
