import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads a loop's own Markdown files, sorted by name; once a process, or `fresh` every time. */
export function documentReader(
  fresh = false,
): (folder: string, under: string) => Promise<readonly { name: string; text: string }[]> {
  const known = new Map<string, Promise<{ name: string; text: string }[]>>();
  return (folder, under) => {
    const path = join(folder, under);
    if (fresh) return read(path);
    const files = known.get(path) ?? read(path);
    known.set(path, files);
    return files;
  };
}

async function read(path: string): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.md')).toSorted();
  return await Promise.all(names.map(async (name) => ({ name, text: await readFile(join(path, name), 'utf8') })));
}
