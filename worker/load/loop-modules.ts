import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ownModule } from '../own-module.ts';
import { resolveOwnPackage } from '../own-package.ts';

/** Marks a module as loaded again; Node keeps every version of a module that it has loaded until the process ends. */
const GENERATION = 'loopwright';

/** Modules of people's loops, by URL, and what each imports of its own. */
const imports = new Map<string, Set<string>>();

/** Where our own code is: imported by a loop, it stays the one copy that it is. */
const OWN = ['contract', 'core', 'loops/define', 'workflows', 'activities', 'store', 'worker', 'client'].map((folder) =>
  ownModule(`../${folder}/x`).href.replace(/x\.[jt]s$/, ''),
);

let registered = false;

/** A module of a person's loop, and the files that it is made of. */
export interface LoopModule {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
}

/**
 * Imports a TypeScript file of a person's folder, unbuilt, whatever its `package.json` says. `generation` above 1 loads
 * it, and what it imports by path, again.
 * @throws whatever loading it throws.
 */
export async function importLoopModule(path: string, generation: number): Promise<LoopModule> {
  register();
  const url = pathToFileURL(path);
  if (generation > 1) url.searchParams.set(GENERATION, String(generation));
  if (!imports.has(url.href)) imports.set(url.href, new Set());
  const exports = (await import(url.href)) as Readonly<Record<string, unknown>>;
  return { exports, files: filesOf(path, generation) };
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
      const result = next(specifier, context);
      const known = context.parentURL === undefined ? undefined : imports.get(context.parentURL);
      if (known === undefined || !/^(\.{0,2}\/|file:)/.test(specifier) || !isTheirs(result.url)) return result;
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

function isTheirs(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/') && !OWN.some((own) => url.startsWith(own));
}

function plain(url: string): string {
  return url.replace(/[?#].*$/, '');
}
