import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of our own modules: `.ts` as the sources are written, `.js` as they are built. */
export const OWN_EXTENSION = extname(import.meta.url);

/** A module of ours that something loads by its URL; `path` begins at the root of the tree and has no extension. */
export function ownModule(path: string): URL {
  return new URL(`../../${path}${OWN_EXTENSION}`, import.meta.url);
}

/** {@link ownModule}, for what loads it by its path. */
export function ownPath(path: string): string {
  return fileURLToPath(ownModule(path));
}
