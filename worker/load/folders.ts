import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Mistake } from '../../contract/mistake.ts';
import { CASES_FILE } from './cases.ts';
import {
  DEFINITION_FILE,
  loadLoopFolder,
  type FolderOptions,
  type FoundLoop,
  type LoadedFolder,
} from './loop-folder.ts';
import { tryFolders } from './trial.ts';
import type { TrialLimits } from './trial-process.ts';

/** What folders hold: the loops that can run, and what keeps the others from it. */
export interface LoadedLoops {
  readonly loops: ReadonlyMap<string, FoundLoop>;
  readonly mistakes: readonly Mistake[];
}

/** Loads folders with a `loop.ts`. Their modules are tried in a process of their own first: what would end or stop this one is a mistake. */
export async function loadEach(
  folders: readonly string[],
  options: FolderOptions & TrialLimits,
): Promise<LoadedFolder[]> {
  const refused = await tryFolders(folders, options);
  const loaded: LoadedFolder[] = [];
  for (const folder of folders) loaded.push(refused.get(folder) ?? (await loadLoopFolder(folder, options)));
  return loaded;
}

/** Loads the loops in a folder, side by side. */
export async function loadLoops(root: string, options: FolderOptions): Promise<LoadedLoops> {
  return together(await loadEach(await loopFolders(root), options));
}

/** A broken case is told, but it is no part of what a loop does. */
export function keepsFromRunning({ file }: Mistake): boolean {
  return basename(file) !== CASES_FILE;
}

/**
 * What loaded folders come to. A loop with a mistake is left out and its mistakes are listed, all of them; the others
 * can run. Two loops with one name are both left out: nobody could say which one runs.
 */
export function together(folders: readonly LoadedFolder[]): LoadedLoops {
  const all = folders.flatMap(({ loops, mistakes }) =>
    loops.map((found) => ({ found, whole: !mistakes.some(keepsFromRunning) })),
  );
  const loops = new Map<string, FoundLoop>();
  const mistakes = folders.flatMap((folder) => folder.mistakes);
  for (const { found, whole } of all) {
    const { name } = found.loop;
    const others = all.filter((other) => other.found !== found && other.found.loop.name === name);
    for (const { found: other } of others.slice(0, 1))
      mistakes.push({
        ...found.at,
        field: 'name',
        rule: `${other.at.file}:${other.at.line} defines a loop \`${name}\` too, so neither runs`,
        fix: 'Give one of them another name.',
      });
    if (whole && others.length === 0) loops.set(name, found);
  }
  return { loops, mistakes };
}

/** Folders with a `loop.ts`: the folder itself, and those in it. Installed packages and hidden folders are not looked into. */
export async function loopFolders(root: string): Promise<string[]> {
  const folder = await realpath(resolve(root));
  const inside = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => !entry.isFile() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
    .toSorted();
  // Modules are known by their real paths.
  const real = inside.map((path) => realpath(path).catch(() => path));
  const names = [...new Set([folder, ...(await Promise.all(real))])];
  const has = await Promise.all(names.map(hasLoop));
  return names.filter((_, index) => has[index]);
}

async function hasLoop(folder: string): Promise<boolean> {
  return await stat(join(folder, DEFINITION_FILE)).then(
    (found) => found.isFile(),
    () => false,
  );
}
