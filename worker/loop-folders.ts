import { stat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LoopEntry } from '../activities/dependencies.ts';
import type { Mistake } from '../contract/mistake.ts';
import type { Loop } from '../loops/define/index.ts';
import { loadHarness } from './load-harness.ts';
import { resolveOwnPackage } from './own-package.ts';

/** File in a loop's folder that defines it. */
const DEFINITION = 'loop.ts';

/** What a folder of loops holds: the loops that can run, and what keeps the others from it. */
export interface LoadedLoops {
  readonly loops: ReadonlyMap<string, LoopEntry>;
  readonly mistakes: readonly Mistake[];
}

/**
 * Loads the loops in a folder: one folder each with a `loop.ts`, or the folder itself where it has one. A loop with a
 * mistake is left out and its mistakes are listed; the others load.
 */
export async function loadLoops(root: string): Promise<LoadedLoops> {
  resolveOwnPackage();
  const loops = new Map<string, LoopEntry>();
  const mistakes: Mistake[] = [];
  for (const folder of await loopFolders(root)) {
    try {
      const loop = await importLoop(join(folder, DEFINITION));
      loops.set(loop.name, { loop, harness: await loadHarness(folder), folder });
    } catch (error) {
      mistakes.push({
        file: join(folder, DEFINITION),
        rule: (error as Error).message,
        fix: 'mend the loop, then start again.',
      });
    }
  }
  return { loops, mistakes };
}

/** Folders with a `loop.ts`: the folder itself, else those in it. */
export async function loopFolders(root: string): Promise<string[]> {
  const folder = resolve(root);
  if (await hasLoop(folder)) return [folder];
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
    .toSorted();
  const has = await Promise.all(names.map(hasLoop));
  return names.filter((_, index) => has[index]);
}

async function hasLoop(folder: string): Promise<boolean> {
  return await stat(join(folder, DEFINITION)).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function importLoop(path: string): Promise<Loop> {
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const [loop] = Object.values(module).filter(isLoop);
  if (loop === undefined) throw new Error(`${path} exports no loop.`);
  return loop;
}

function isLoop(value: unknown): value is Loop {
  return typeof value === 'object' && value !== null && 'stages' in value && 'act' in value;
}
