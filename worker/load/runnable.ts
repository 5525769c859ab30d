import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import { BundleFailed } from '../bundle/bundle-workflows.ts';
import { cachedBundle, type WorkflowSource } from '../bundle/cached-bundle.ts';
import type { RouteModels } from '../models/config.ts';
import type { FoundLoop, LoadedFolder } from './loop-folder.ts';
import { finderLoopMistakes } from './finder-mistakes.ts';
import { loadEach, together, type LoadedLoops } from './folders.ts';
import { requireLoops } from '../no-loop.ts';

/** Where the loops are, and what they may rely on. */
export interface FolderLoopsOptions {
  readonly folder: string;
  readonly cwd: string;
  readonly cacheDir: string;
  readonly models: RouteModels;
  readonly report: (text: string) => void;
}

/** The loops of a folder that can run, and the workflow bundle for them. */
export interface FolderLoops {
  readonly loops: ReadonlyMap<string, FoundLoop>;
  readonly bundle: { readonly code: string };
  /** Workflow code that the loops bring themselves. */
  readonly workflows: readonly WorkflowSource[];
  /** What was loaded, for whoever watches for changes. */
  readonly folders: readonly LoadedFolder[];
}

/**
 * Loads the loops of a folder for a worker. Mistakes are reported, one line each, and their loops left out.
 * @throws Error with the fix where no loop is left, CommandError (not found) where there was none.
 */
export async function openFolderLoops(options: FolderLoopsOptions): Promise<FolderLoops> {
  const { folder, cwd, cacheDir, models, report } = options;
  const folders = await loadEach(await requireLoops(folder), { cwd, models, generation: 1 });
  const { bundle, ...bundled } = await bundleLoops(cacheDir, together(folders));
  for (const mistake of bundled.mistakes) report(mistakeLine(mistake));
  const { loops } = bundled;
  // It may come later, where the folder is watched.
  for (const mistake of finderLoopMistakes(loops)) report(mistakeLine(mistake));
  if (loops.size > 0) return { loops, bundle, workflows: sourcesOf(loops), folders };
  throw new Error(
    `No loop in ${folder} can run. Mend what is said above; \`loopwright validate ${folder}\` says it again.`,
  );
}

/** Loaded loops with the workflow bundle for them; those whose workflow code cannot be bundled are left out too. */
export async function bundleLoops(
  cacheDir: string,
  loaded: LoadedLoops,
): Promise<LoadedLoops & { readonly bundle: { readonly code: string } }> {
  const sources = sourcesOf(loaded.loops);
  const whole = await attempt(cacheDir, sources);
  if (!(whole instanceof BundleFailed)) return { ...loaded, bundle: whole };
  const loops = new Map(loaded.loops);
  const mistakes = [...loaded.mistakes];
  for (const source of sources) {
    const alone = await attempt(cacheDir, [source]);
    if (!(alone instanceof BundleFailed)) continue;
    const found = loops.get(source.loop);
    loops.delete(source.loop);
    if (found !== undefined) mistakes.push(bundleMistake(found, alone));
  }
  const bundle = await cachedBundle(cacheDir, sourcesOf(loops));
  return { loops, mistakes, bundle };
}

function sourcesOf(loops: ReadonlyMap<string, FoundLoop>): WorkflowSource[] {
  return [...loops.values()].flatMap(({ loop, workflow }) =>
    workflow === undefined ? [] : [{ loop: loop.name, file: workflow.path, files: workflow.files }],
  );
}

async function attempt(cacheDir: string, sources: readonly WorkflowSource[]): Promise<{ code: string } | BundleFailed> {
  try {
    return await cachedBundle(cacheDir, sources);
  } catch (error) {
    if (error instanceof BundleFailed) return error;
    throw error;
  }
}

/** Webpack's words: `ERROR in <what>`, why, and by way of which imports, `@ <path> <line>:<columns>`. */
function bundleMistake({ workflow }: FoundLoop, { message }: BundleFailed): Mistake {
  const [, line] = /^ @ \S*\/workflow\.ts (\d+):/m.exec(message) ?? [];
  const disallowed = [...message.matchAll(/^ {2}- '(.+)'$|^ERROR in (node:\w+)$/gm)].map(
    ([, name, builtin]) => name ?? builtin,
  );
  const [, why = message.split('\n', 1)[0]] = /^ERROR in .*\n(.+)$/m.exec(message) ?? [];
  return {
    file: workflow?.file ?? '',
    ...(line === undefined ? {} : { line: Number(line) }),
    rule:
      disallowed.length > 0
        ? `workflow code is replayed and has no I/O, but a package that it imports needs \`${disallowed.join('`, `')}\``
        : `the workflow code cannot be bundled: ${why}`,
    fix: 'Import only `loopwright/workflow` and plain code without I/O there; everything else belongs into a generator, a verifier or an effect.',
  };
}
