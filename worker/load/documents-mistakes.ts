import { glob, readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Mistake } from '../../contract/mistake.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { InLoop } from './loop-rules.ts';

/**
 * Folders that `documents()` is given and that have nothing to read: every run would fail there. Patterns that
 * `files()` is given and that fit nothing of the loop's own folder: every run would go without.
 */
export async function* documentsMistakes(loop: Loop, folder: string, inLoop: InLoop): AsyncGenerator<Mistake, void> {
  for (const [stage, { context = [] }] of Object.entries(loop.stages)) {
    for (const [index, { name }] of context.entries()) {
      const pattern = /^files\((.*)\)$/.exec(name)?.[1];
      if (pattern !== undefined && !(await fits(folder, pattern)))
        yield inLoop(
          `stages.${stage}.context.${index}`,
          `pattern \`${pattern}\` fits no file of the loop's folder`,
          `Mend the pattern, put a file there, or remove \`${name}\`.`,
        );
      const under = /^documents\((.*)\)$/.exec(name)?.[1];
      if (under === undefined) continue;
      const names = await readdir(join(folder, under)).catch(() => undefined);
      if (names?.some((file) => file.endsWith('.md')) === true) continue;
      const rule = `folder \`${under}\` ${names === undefined ? 'is not there' : 'has no Markdown file'}`;
      yield inLoop(
        `stages.${stage}.context.${index}`,
        rule,
        `Put a file such as \`${join(under, 'policy.md')}\` next to loop.ts, or remove \`${name}\`.`,
      );
    }
  }
}

/** Whether something in a folder fits; patterns of other places, and those that an input completes, are not looked at. */
async function fits(folder: string, pattern: string): Promise<boolean> {
  if (isAbsolute(pattern) || /\.\.|…/.test(pattern)) return true;
  for await (const _path of glob(pattern, { cwd: folder })) return true;
  return false;
}
