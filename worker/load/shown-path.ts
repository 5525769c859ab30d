import { isAbsolute, relative } from 'node:path';

/** A path as seen from a folder; whole, where it lies outside of it. */
export function shownPath(cwd: string, path: string): string {
  const name = relative(cwd, path);
  return name.startsWith('..') || isAbsolute(name) ? path : name;
}
