import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from '../loops/define/index.ts';

/** Folder in a data folder where effects write documents. */
export const REPORTS = 'reports';

/** Plain names: no folders, nothing hidden, nothing that a file system spells otherwise. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}$/;

let writes = 0;

/**
 * Files in one folder, made when it is first needed. Whoever reads sees the old text or the new one, whole; a text that
 * was written is on the disk before `write` answers, because the effect counts as done from then on.
 */
export function filesIn(folder: string): Files {
  return {
    async write(name, text) {
      if (!NAME.test(name)) {
        throw new Error(
          `Expected a file name of letters, digits, ".", "_" and "-", at most 200 of them, got "${name}"`,
        );
      }
      const path = join(folder, name);
      if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return path;
      await mkdir(folder, { recursive: true });
      const partial = join(folder, `.${name}.${process.pid}-${(writes += 1)}`);
      const file = await open(partial, 'w');
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, path);
      await syncFolder(folder);
      return path;
    },
  };
}

/** A new name is on the disk when its folder is. Windows cannot open one, and needs it less. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
