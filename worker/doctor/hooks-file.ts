import { mistakeLine } from '../../contract/mistake.ts';
import { hookLoopMistakes, hookSources, readHooksFile } from '../hooks/hooks-file.ts';
import { ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';
import type { FoundLoops } from './loops.ts';

/** Whether `hooks.yaml` says what it may, starts loops that there are, and its secrets are set. */
export function hooksCheck({ env }: DoctorSettings, find: () => Promise<FoundLoops>): Check {
  return { name: 'hooks.yaml', run: () => look(env, find) };
}

async function look(env: NodeJS.ProcessEnv, find: () => Promise<FoundLoops>): Promise<Finding> {
  const loops = await find().catch(() => undefined);
  // Loops with mistakes are there all the same.
  const known = loops === undefined || loops.mistakes.length > 0 ? undefined : loops.names;
  const read = await readHooksFile(env);
  const { file, value } = read;
  const mistakes = [...read.mistakes, ...(known === undefined ? [] : hookLoopMistakes(read, known))];
  if (mistakes.length > 0)
    return {
      kind: 'fail',
      saw: mistakes.map(mistakeLine).join('\n'),
      fix: 'mend the file at those places, then restart the worker',
    };
  if (value === undefined) return skipped(`no ${file}: nobody may send webhooks`);
  try {
    hookSources(read, env);
  } catch (error) {
    return { kind: 'fail', saw: (error as Error).message, fix: 'set the variable, or take the source out' };
  }
  return ok(`${file}: ${Object.keys(value.sources).join(', ')}, with their secrets`);
}
