import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BackupManifest } from '../../contract/backup.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { copyDatabase, examineCopy } from '../../store/copy.ts';
import { DATABASE_FILE } from '../../store/index.ts';
import { CommandError } from '../command.ts';
import { noRecordIn } from '../record/record-access.ts';
import { copyKept, keptFilesOf, putInPlace, settle, summed } from './kept-files.ts';

/** File in a backup that says what is in it. */
export const MANIFEST_FILE = 'manifest.json';

/** What to back up, and where to. */
export interface BackupOptions {
  readonly data: string;
  readonly target: string;
  /** Take the place of a backup that is there. */
  readonly force: boolean;
  readonly version: string;
  readonly now: () => number;
}

/**
 * Copies what a data folder cannot be made anew from into a folder that is there whole or not at all. The database is
 * read as of one moment, beside whoever owns it.
 * @throws CommandError where there is nothing to copy, or something in the way.
 */
export async function backUp({ data, target, force, version, now }: BackupOptions): Promise<BackupManifest> {
  const [from, to] = [resolve(data), resolve(target)];
  if (!existsSync(join(from, DATABASE_FILE))) throw new CommandError(noRecordIn(data), EXIT.notFound);
  refuseOther(to, force);
  const partial = `${to}.partial-${process.pid}`;
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 });
    const at = now();
    copyDatabase(from, join(partial, DATABASE_FILE));
    await settle(join(partial, DATABASE_FILE));
    const others = await keptFilesOf(from);
    for (const path of others) await copyKept(join(from, path), join(partial, path));
    const store = examineCopy(join(partial, DATABASE_FILE));
    const files = await Promise.all([DATABASE_FILE, ...others].map((path) => summed(partial, path)));
    const manifest: BackupManifest = { format: 1, madeBy: version, at, store, files };
    await writeFile(join(partial, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    await settle(join(partial, MANIFEST_FILE));
    // What was there goes when the new one is in its place.
    const old = `${to}.replaced-${process.pid}`;
    if (await putInPlace(partial, to, old)) await rm(old, { recursive: true, force: true });
    return manifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

function refuseOther(to: string, force: boolean): void {
  if (!existsSync(to)) return;
  if (!force)
    throw new CommandError(`${to} is there already. Name another folder, or replace it with --force.`, EXIT.conflict);
  if (!existsSync(join(to, MANIFEST_FILE)))
    throw new CommandError(`${to} is no backup, so --force does not replace it. Name another folder.`, EXIT.conflict);
}
