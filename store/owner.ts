import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from '../contract/failures.ts';

/** Proof that this process alone owns a data folder. The operating system takes it back from a killed process. */
export interface Ownership {
  release(): void;
}

/**
 * Takes a data folder for this process, by an exclusive lock on a file in it, waiting a few seconds for a dying owner.
 * @throws `StoreUnavailable` naming the owner's process id when another process has it.
 */
export function own(folder: string, pid: number): Ownership {
  // Inputs, outputs and notes of every run are in it: for its user's eyes only.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, 'owner.lock'), { timeout: 5000 });
  const note = join(folder, 'owner.pid');
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive; pragma user_version = 1; commit');
  } catch (cause) {
    lock.close();
    throw failure(
      'StoreUnavailable',
      `The data folder ${folder} is in use by process ${readNote(note)}: one process owns it. Stop that one, or give another folder with --data.`,
      { cause: cause as Error },
    );
  }
  writeFileSync(note, String(pid));
  return { release: () => lock.close() };
}

/** Process id of whoever owns a data folder now, as it noted it; nothing is waited for and nothing written. */
export function ownerOf(folder: string): string | undefined {
  const file = join(folder, 'owner.lock');
  if (!existsSync(file)) return undefined;
  const lock = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    lock.prepare('pragma user_version').get();
    return undefined;
  } catch {
    return readNote(join(folder, 'owner.pid'));
  } finally {
    lock.close();
  }
}

function readNote(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '(unknown)';
  }
}
