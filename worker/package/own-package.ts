import { registerHooks } from 'node:module';
import { ownModule } from './own-module.ts';

/** What the package gives out, by the name it is imported by; `package.json` says the same for everybody else. */
export const ENTRIES: Readonly<Record<string, string>> = {
  loopwright: 'loops/define/index',
  'loopwright/client': 'client/index',
  'loopwright/testing': 'testing/index',
  'loopwright/worker': 'worker/index',
  'loopwright/workflow': 'workflows/blocks',
};

let registered = false;

/**
 * Makes `loopwright` mean this very copy in every module that is loaded from now on: a loop's folder works without
 * having it installed, and where it has, there are never two copies whose loops do not know each other. `zod` is theirs
 * where they have it, else ours.
 */
export function resolveOwnPackage(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const entry = ENTRIES[specifier];
      if (entry !== undefined) return { url: ownModule(entry).href, shortCircuit: true };
      if (!/^zod($|\/)/.test(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}
