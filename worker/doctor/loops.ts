import { resolve } from 'node:path';
import type { LoopEntry } from '../../activities/dependencies.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import type { RouteModels } from '../models/config.ts';
import { loadLoops, loopFolders } from '../load/folders.ts';
import { ownLoops, ownMistakes } from '../own-loops/own-loops.ts';
import { triageDataset } from '../own-loops/triage-dataset.ts';
import { ok, type Check, type DoctorSettings, type Finding } from './check.ts';
import { once } from '../once.ts';

/** The loops that a worker here would run. */
export interface FoundLoops {
  readonly names: readonly string[];
  /** Those without mistakes. */
  readonly entries: readonly LoopEntry[];
  readonly mistakes: readonly Mistake[];
  /** Folders of all of them, of those with mistakes too. */
  readonly folders: readonly string[];
}

/** Loads the loops once: the given folder's, else the project's own. `models` are unknown where `loopwright.yaml` is broken. */
export function loopFinder(settings: DoctorSettings, models: RouteModels | undefined): () => Promise<FoundLoops> {
  return once(async () => {
    const { loops: root, env, cacheDir, cwd } = settings;
    if (root !== undefined) {
      const folders = await loopFolders(root);
      const { loops, mistakes } = await loadLoops(root, { cwd, models, generation: 1 });
      return { names: [...loops.keys()], entries: [...loops.values()], mistakes, folders };
    }
    const { intents } = await triageDataset({ env, cacheDir, download: false, report: () => undefined });
    const entries = [...(await ownLoops(intents)).values()];
    const mistakes = await Promise.all(
      entries.map(async (entry) => ({ entry, wrong: await ownMistakes(entry, models) })),
    );
    const good = mistakes.flatMap(({ entry, wrong }) => (wrong.length === 0 ? [entry] : []));
    return {
      names: good.map(({ loop }) => loop.name),
      entries: good,
      mistakes: mistakes.flatMap(({ wrong }) => wrong),
      folders: entries.map(({ folder }) => folder),
    };
  });
}

/** Whether the loops load, and their routes lead to models that may do the work. */
export function loopsCheck(settings: DoctorSettings, find: () => Promise<FoundLoops>): Check {
  return { name: 'loops', run: () => load(settings, find) };
}

async function load(settings: DoctorSettings, find: () => Promise<FoundLoops>): Promise<Finding> {
  const where = settings.loops === undefined ? "the project's own" : resolve(settings.cwd, settings.loops);
  let found: FoundLoops;
  try {
    found = await find();
  } catch (error) {
    return {
      kind: 'fail',
      saw: `${where}: ${(error as Error).message}`,
      fix: 'name a folder that holds loops with --loops DIR',
    };
  }
  const { names, mistakes } = found;
  const loaded = names.length === 0 ? 'none loads' : `${names.length} load: ${names.join(', ')}`;
  if (mistakes.length > 0) {
    const count = `${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'}`;
    return {
      kind: 'fail',
      saw: [`${loaded}; ${count}:`, ...mistakes.map(mistakeLine)].join('\n'),
      fix: 'mend those places; the loops without mistakes run all the same',
      ...(settings.loops === undefined ? {} : { command: `loopwright validate ${settings.loops}` }),
    };
  }
  if (names.length > 0) return ok(loaded);
  return {
    kind: 'warn',
    saw: `${where} holds no loop`,
    fix: `\`loopwright init hello --dir ${settings.loops ?? '.'}\` writes one`,
  };
}
