import { mistakeLine, type Mistake } from '../contract/mistake.ts';
import { BundleFailed } from './bundle-workflows.ts';
import { cachedBundle, type WorkflowSource } from './bundle.ts';
import type { RouteModels } from './config.ts';
import type { FoundLoop } from './load/loop-folder.ts';
import { loadLoops, type LoadedLoops } from './loop-folders.ts';

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
}

/**
 * Loads the loops of a folder for a worker. Mistakes are reported, one line each, and their loops left out.
 * @throws Error with the fix where no loop is left.
 */
export async function openFolderLoops(options: FolderLoopsOptions): Promise<FolderLoops> {
  const { folder, cwd, cacheDir, models, report } = options;
  const loaded = await loadLoops(folder, { cwd, models, generation: 1 });
  const { bundle, ...bundled } = await bundleLoops(cacheDir, loaded);
  for (const mistake of bundled.mistakes) report(mistakeLine(mistake));
  if (bundled.loops.size > 0) return { loops: bundled.loops, bundle };
  throw new Error(
    bundled.mistakes.length > 0
      ? `No loop in ${folder} can run. Mend what is said above; \`loopwright validate ${folder}\` says it again.`
      : `No loop in ${folder}: looked for loop.ts there and in the folders in it. Write one with \`loopwright init hello --dir ${folder}\`.`,
  );
}

/** Loaded loops with the workflow bundle for them; those whose workflow code cannot be bundled are left out too. */
export async function bundleLoops(
  cacheDir: string,
  loaded: LoadedLoops,
): Promise<LoadedLoops & { readonly bundle: { readonly code: string } }> {
  const sources = [...loaded.loops.values()].flatMap(sourceOf);
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
  const bundle = await cachedBundle(cacheDir, [...loops.values()].flatMap(sourceOf));
  return { loops, mistakes, bundle };
}

function sourceOf({ loop, workflow, files }: FoundLoop): WorkflowSource[] {
  return workflow === undefined ? [] : [{ loop: loop.name, file: workflow, files }];
}

async function attempt(cacheDir: string, sources: readonly WorkflowSource[]): Promise<{ code: string } | BundleFailed> {
  try {
    return await cachedBundle(cacheDir, sources);
  } catch (error) {
    if (error instanceof BundleFailed) return error;
    throw error;
  }
}

/** Webpack's words say the place as `ERROR in <path> <line>:<column>`, where they say one. */
function bundleMistake({ workflowFile = '' }: FoundLoop, { message }: BundleFailed): Mistake {
  const [, line] = /ERROR in \S*workflow\.ts (\d+):\d+/.exec(message) ?? [];
  const disallowed = [...message.matchAll(/^ {2}- '(.+)'$/gm)].map(([, name]) => name);
  const why = /^(?:Module not found: )?Error: (.+)$/m.exec(message)?.[1] ?? message.split('\n', 1)[0] ?? '';
  return {
    file: workflowFile,
    ...(line === undefined ? {} : { line: Number(line) }),
    rule:
      disallowed.length > 0
        ? `workflow code imports ${disallowed.join(', ')}, by way of a package`
        : `the workflow code cannot be bundled: ${why}`,
    fix: 'Import only `loopwright/workflow` and plain code without I/O there; everything else belongs into a generator, a verifier or an effect.',
  };
}
