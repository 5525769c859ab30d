import { access } from 'node:fs/promises';
import { mistakeLine } from '../../contract/mistake.ts';
import type { ConfigFile } from '../models/config.ts';
import { ok, type Check, type Finding } from './check.ts';

/** What `loopwright.yaml` says. */
export type LoopwrightConfig = NonNullable<ConfigFile['config']>;

/** Whether `loopwright.yaml` says what it may, and what that is. */
export function configCheck(read: ConfigFile): Check {
  return { name: 'loopwright.yaml', run: () => look(read) };
}

async function look({ file, config, mistakes }: ConfigFile): Promise<Finding> {
  if (config === undefined) {
    return {
      kind: 'fail',
      saw: mistakes.map(mistakeLine).join('\n'),
      fix: 'mend the file at those places; no worker starts with it',
    };
  }
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return ok(`no ${file}: keyless, every model route is the embedded learner`);
  const routes = Object.entries(config.models).map(
    ([name, route]) => `${name} → ${route === 'local' ? 'the embedded learner' : route.model}`,
  );
  return ok(`${file}: ${routes.join(', ') || 'no routes'}`);
}
