import { extname } from 'node:path';

/** `.ts` as the sources are written, `.js` as they are built. */
const EXTENSION = extname(import.meta.url);

/** A module of ours that something loads by its path; `path` is relative to this folder and has no extension. */
export function ownModule(path: string): URL {
  return new URL(`${path}${EXTENSION}`, import.meta.url);
}
