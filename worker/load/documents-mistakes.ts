import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mistake } from '../../contract/mistake.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { InLoop } from './loop-rules.ts';

/** Folders that `documents()` is given and that have nothing to read: every run would fail there. */
export async function* documentsMistakes(loop: Loop, folder: string, inLoop: InLoop): AsyncGenerator<Mistake, void> {
  for (const [stage, { context = [] }] of Object.entries(loop.stages)) {
    for (const [index, { name }] of context.entries()) {
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
