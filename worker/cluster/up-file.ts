import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ready } from '../ready.ts';
import { writeWhole } from '../write-whole.ts';

/** File in the data folder that says where a running `up` is. */
const UP_FILE = 'up.json';

/** Says in the data folder where this `up` is, whole or not at all: half an address would send a command to another server. */
export async function writeUpFile(data: string, ready: Ready): Promise<void> {
  await writeWhole(join(data, UP_FILE), JSON.stringify(ready));
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
