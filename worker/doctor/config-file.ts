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
  return ok([`${file}: ${routes.join(', ') || 'no routes'}`, ...improves(config)].join('\n'));
}

/** What loops do to become better without being told; nothing where they do nothing. */
function improves({ improve }: LoopwrightConfig): readonly string[] {
  if (improve === undefined) return [];
  const { repeats, budgetUsd, ablations, loops } = improve;
  const { perDay } = ablations;
  const tries =
    perDay === 0
      ? 'lessons are not tried'
      : `${perDay} lesson${perDay === 1 ? '' : 's'} of a loop ${perDay === 1 ? 'is' : 'are'} tried a day, each for at most ${ablations.budgetUsd} USD`;
  const who = loops === undefined ? 'loops improve' : `${loops.join(', ')} improve`;
  return [`${who} by themselves after ${repeats} failures of a kind, for at most ${budgetUsd} USD a trial; ${tries}`];
}
