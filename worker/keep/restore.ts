import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { BackupManifest } from '../../contract/backup.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { examineCopy } from '../../store/copy.ts';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import { ownerOf } from '../../store/owner.ts';
import { CommandError } from '../command.ts';
import { MANIFEST_FILE } from './backup.ts';
import { copyKept, putInPlace, summed } from './kept-files.ts';

/** What to restore, and where to. */
export interface RestoreOptions {
  readonly backup: string;
  readonly data: string;
  /** Move a folder that is in the way aside. */
  readonly force: boolean;
  readonly now: () => number;
}

/** What was restored. */
export interface Restored {
  readonly manifest: BackupManifest;
  /** Work that was in progress when the backup was made: an effect of it may have been done since. */
  readonly doubtful: number;
  /** Where the folder is that was in the way. */
  readonly aside?: string;
}

/**
 * Makes a data folder of a backup, ready to start: every sum is checked, the tables are brought up to date, and work that
 * was in progress is marked as doubtful. The folder is there whole or not at all.
 * @throws CommandError where the backup is damaged or newer, or the folder is in use or in the way.
 */
export async function restore({ backup, data, force, now }: RestoreOptions): Promise<Restored> {
  const [from, to] = [resolve(backup), resolve(data)];
  const manifest = await checked(from);
  const inTheWay = existsSync(to) && (await readdir(to)).length > 0;
  if (inTheWay) refuseUsed(to, force);
  const partial = `${to}.partial-${process.pid}`;
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 });
    for (const { path } of manifest.files) await copyKept(join(from, path), join(partial, path));
    const store = await openStore(partial, process.pid);
    const doubtful = await store.effects.doubt(manifest.at);
    await store.inbox.doubt();
    await store.sessions.endAll(now());
    await store.close();
    const aside = `${to}.before-restore-${new Date(now()).toISOString().replaceAll(/[:.]/g, '-')}`;
    if (!inTheWay) await rm(to, { recursive: true, force: true });
    await putInPlace(partial, to, aside);
    return { manifest, doubtful, ...(inTheWay ? { aside } : {}) };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

function refuseUsed(to: string, force: boolean): void {
  const owner = ownerOf(to);
  if (owner !== undefined)
    throw new CommandError(`${to} is in use by process ${owner}. Stop that one first.`, EXIT.conflict);
  if (!force)
    throw new CommandError(
      `${to} is not empty. Name another folder with --data, or move that one aside with --force.`,
      EXIT.conflict,
    );
}

/** The manifest of a backup whose every file is what it was. */
async function checked(backup: string): Promise<BackupManifest> {
  const manifest = await manifestOf(backup);
  for (const file of manifest.files) {
    const now = await summed(backup, file.path).catch((error: Error) => error);
    if (now instanceof Error)
      throw new CommandError(`${join(backup, file.path)} cannot be read: ${now.message}. The backup is not whole.`);
    if (now.sha256 !== file.sha256)
      throw new CommandError(
        `${join(backup, file.path)} is not what it was: expected sha256 ${file.sha256}, got ${now.sha256}. The backup is damaged; take another.`,
      );
  }
  if (!manifest.files.some(({ path }) => path === DATABASE_FILE))
    throw new CommandError(`${backup} has no ${DATABASE_FILE}: it is no backup of a data folder.`);
  examineCopy(join(backup, DATABASE_FILE));
  return manifest;
}

async function manifestOf(backup: string): Promise<BackupManifest> {
  const path = join(backup, MANIFEST_FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new CommandError(`There is no backup in ${backup}: it has no ${MANIFEST_FILE}.`, EXIT.notFound);
  try {
    return BackupManifest.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new CommandError(`${path} is not one that this version knows:\n${why}`);
  }
}
