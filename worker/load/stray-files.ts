import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mistake } from '../../contract/mistake.ts';
import { nearest } from '../../core/nearest.ts';

/**
 * Files whose name is almost that of one that is looked for, such as `harness.yml`: unread, the loop would run by
 * defaults that nobody chose. `known` are the paths that were read.
 */
export async function strayFiles(
  folder: string,
  wanted: readonly string[],
  known: ReadonlySet<string>,
  name: (path: string) => string,
): Promise<Mistake[]> {
  const names = await readdir(folder);
  const absent = wanted.filter((file) => !names.includes(file));
  return names.flatMap((file) => {
    const meant = nearest(file, absent);
    if (meant === undefined || known.has(join(folder, file))) return [];
    return [
      { file: name(join(folder, file)), rule: 'nothing reads a file of this name', fix: `Did you mean \`${meant}\`?` },
    ];
  });
}
