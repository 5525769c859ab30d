import { registerHooks } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ownModule } from '../package/own-module.ts';
import { resolveOwnPackage } from '../package/own-package.ts';

/** Marks a module as loaded again; Node keeps every version of a module that it has loaded until the process ends. */
const GENERATION = 'loopwright';

/** A module that awaits something for longer, in milliseconds, must not keep a worker from starting. */
const LOADING_MS = 10_000;

/** Modules of people's loops, by URL, and what each imports of its own. */
const imports = new Map<string, Set<string>>();

/** Where our own code is: imported by a loop, it stays the one copy that it is. */
const OWN = 'contract core loops/define workflows activities store worker client gateway testing'
  .split(' ')
  .map((folder) => ownModule(`${folder}/x`).href.replace(/x\.[jt]s$/, ''));

let registered = false;

/**
 * Imports a TypeScript file of a person's folder, unbuilt, whatever its `package.json` says. `generation` above 1 loads
 * it, and what it imports by path, again.
 * @throws whatever loading it throws.
 */
export async function importLoopModule(path: string, generation: number): Promise<Readonly<Record<string, unknown>>> {
  const late = new AbortController();
  const waited = pause(LOADING_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`it is not loaded after ${LOADING_MS / 1000} s: it awaits something`);
  });
  try {
    return await Promise.race([importModule(path, generation), waited]);
  } finally {
    waited.catch(() => undefined);
    late.abort();
  }
}

/** {@link importLoopModule}, however long it takes. */
export async function importModule(path: string, generation: number): Promise<Readonly<Record<string, unknown>>> {
  register();
  const url = pathToFileURL(path);
  if (generation > 1) url.searchParams.set(GENERATION, String(generation));
  if (!imports.has(url.href)) imports.set(url.href, new Set());
  return (await import(url.href)) as Readonly<Record<string, unknown>>;
}

/** The files that a loop's module is made of, as far as they were loaded: its own and what it imports by path. */
export function filesOf(path: string, generation: number): string[] {
  const url = pathToFileURL(path);
  if (generation > 1) url.searchParams.set(GENERATION, String(generation));
  const seen = new Set([url.href]);
  for (const module of seen) for (const imported of imports.get(module) ?? []) seen.add(imported);
  return [...seen].map((module) => fileURLToPath(plain(module)));
}

function register(): void {
  if (registered) return;
  registered = true;
  resolveOwnPackage();
  registerHooks({
    resolve(specifier, context, next) {
      const known = context.parentURL === undefined ? undefined : imports.get(context.parentURL);
      if (known === undefined || !/^(\.{0,2}\/|file:)/.test(specifier)) return next(specifier, context);
      // Counted before it is found: a watcher has to see when a missing one is written.
      const wanted = new URL(specifier, context.parentURL).href;
      if (isTheirs(wanted)) known.add(wanted);
      const result = next(specifier, context);
      known.delete(wanted);
      if (!isTheirs(result.url)) return result;
      const url = new URL(result.url);
      const generation = new URL(context.parentURL as string).searchParams.get(GENERATION);
      if (generation !== null) url.searchParams.set(GENERATION, generation);
      known.add(url.href);
      if (!imports.has(url.href)) imports.set(url.href, new Set());
      return { ...result, url: url.href };
    },
    load(url, context, next) {
      const isTypeScript = imports.has(url) && plain(url).endsWith('.ts');
      return next(url, isTypeScript ? { ...context, format: 'module-typescript' } : context);
    },
  });
}

/** Whether a module is a file of people's own, not ours and of no package. */
export function isTheirs(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/') && !OWN.some((own) => url.startsWith(own));
}

function plain(url: string): string {
  return url.replace(/[?#].*$/, '');
}
