import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Mistake } from '../../contract/mistake.ts';
import { hookLoopMistakes, HOOKS_FILE, readHooksFile } from '../hooks/hooks-file.ts';
import { NOTIFY_FILE, readNotifyFile } from '../notify/notify-file.ts';
import { CONFIG_FILE, readConfigFile } from '../models/config.ts';
import { finderLoopMistakes } from './finder-mistakes.ts';
import { loadEach, loopFolders, together, type LoadedLoops } from './folders.ts';
import { noLoopIn } from '../no-loop.ts';
import { scheduleLoopMistakes } from '../schedules/loop-mistakes.ts';
import { readSchedulesFile } from '../schedules/schedules-file.ts';
import { shownPath } from './shown-path.ts';

/** What to look at. */
export interface ValidateOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly cwd: string;
  /** Folders of loops, or files of one. */
  readonly paths: readonly string[];
}

/** What was found. */
export interface Validated {
  /** Loops without a mistake. */
  readonly loops: readonly { readonly name: string; readonly folder: string }[];
  readonly mistakes: readonly Mistake[];
  /** Where there is nothing to look at: what was looked for. */
  readonly missing?: string;
}

/** Loads loops and says what is wrong with them, with `loopwright.yaml`, `hooks.yaml` and `notify.yaml` as a worker started here would read them, and with `schedules.yaml`. */
export async function validate({ env, cacheDir, cwd, paths }: ValidateOptions): Promise<Validated> {
  const { file, models, mistakes: ofConfig } = await readConfigFile(env);
  const schedules = await readSchedulesFile(env);
  const folders = new Set<string>();
  for (const path of paths) {
    const is = await stat(resolve(cwd, path)).catch(() => undefined);
    if (is === undefined)
      return {
        loops: [],
        mistakes: ofConfig,
        missing: `${path} is not there. Name a folder of loops, or a file of one.`,
      };
    const given = await realpath(resolve(cwd, path));
    const folder = is.isDirectory() ? given : dirname(given);
    for (const found of await loopFolders(folder)) if (is.isDirectory() || found === folder) folders.add(found);
  }
  const onlyConfig = paths.every((path) => [basename(file), HOOKS_FILE, NOTIFY_FILE].includes(basename(path)));
  const loaded = await loadEach(onlyConfig ? [] : [...folders], { cwd, models, generation: 1 });
  const { loops, mistakes } = await bundled(together(loaded), cacheDir);
  // A broken case keeps no loop from running, but a loop with one is not all right.
  const flawed = new Set(loaded.filter((one) => one.mistakes.length > 0).map(({ folder }) => folder));
  const names = wholeFolder(cwd, paths) && folders.size > 0 && flawed.size === 0 ? [...loops.keys()] : undefined;
  const hooks = await readHooksFile(env);
  const ofHooks = [...hooks.mistakes, ...(names === undefined ? [] : hookLoopMistakes(hooks, names))];
  const { mistakes: ofNotify } = await readNotifyFile(env);
  const ofFinders = names === undefined ? [] : finderLoopMistakes(loops);
  const astray = ofFinders.map(({ file, line }) => `${file}:${line}`);
  const good = [...loops].filter(
    ([, { folder, at }]) => !flawed.has(folder) && !astray.includes(`${at.file}:${at.line}`),
  );
  const ofSchedules = [...schedules.mistakes, ...scheduleLoopMistakes(schedules, loops, names !== undefined)];
  return {
    loops: good.map(([name, { folder }]) => ({ name, folder: shownPath(cwd, folder) || '.' })),
    mistakes: [...ofConfig, ...ofHooks, ...ofNotify, ...ofSchedules, ...ofFinders, ...mistakes],
    ...(folders.size > 0 || onlyConfig ? {} : { missing: nothingIn(paths) }),
  };
}

/** Whether all loops are looked at that a worker started here would have: only then is it known which there are not. */
function wholeFolder(cwd: string, paths: readonly string[]): boolean {
  return paths.some((path) => resolve(cwd, path) === resolve(cwd));
}

/** Without those whose workflow code makes no bundle; webpack is only woken for loops that have some. */
async function bundled(loaded: LoadedLoops, cacheDir: string): Promise<LoadedLoops> {
  if (![...loaded.loops.values()].some(({ workflow }) => workflow !== undefined)) return loaded;
  const { bundleLoops } = await import('./runnable.ts');
  return await bundleLoops(cacheDir, loaded);
}

function nothingIn(paths: readonly string[]): string {
  return `${noLoopIn(paths.join(', '))}, or name the folder that has your loops (${CONFIG_FILE} alone is no loop).`;
}
