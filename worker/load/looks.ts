import { stat } from 'node:fs/promises';

/** What files look like from outside, by path, absent ones too. */
export type Looks = ReadonlyMap<string, string>;

/** Looks at files: another text as soon as one was written, moved or removed. */
export async function looksOf(files: Iterable<string>): Promise<Looks> {
  const looks = [...files].map(async (file): Promise<[string, string]> => {
    const found = await stat(file).catch(() => undefined);
    return [file, found === undefined ? 'absent' : `${found.ino} ${found.mtimeMs} ${found.size}`];
  });
  return new Map(await Promise.all(looks));
}

/** Whether two looks at the same files saw the same. */
export function sameLooks(one: Looks, other: Looks): boolean {
  return one.size === other.size && [...one].every(([file, look]) => other.get(file) === look);
}
