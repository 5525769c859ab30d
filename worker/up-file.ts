import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ready } from './ready.ts';

/** File in the data folder that says where a running `up` is. */
const UP_FILE = 'up.json';

/** Says in the data folder where this `up` is. */
export async function writeUpFile(data: string, ready: Ready): Promise<void> {
  await writeFile(join(data, UP_FILE), JSON.stringify(ready));
}

/** Takes the file away. */
export async function removeUpFile(data: string): Promise<void> {
  await rm(join(data, UP_FILE), { force: true });
}

/** Address of an `up` that runs on a data folder, if one says so there. */
export async function runningAddress(data: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(data, UP_FILE), 'utf8')) as Ready).temporal;
  } catch {
    return undefined;
  }
}
