import { rename, writeFile } from 'node:fs/promises';

/** Writes a file so that others see it whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, text);
  await rename(partial, path);
}
