import { isBuiltin } from 'node:module';
import type { Mistake } from '../../contract/mistake.ts';

/** What workflow code imports of Node: it is replayed, so it has no clock, no randomness and no I/O of its own. */
export function ioMistakes(source: string, file: string): Mistake[] {
  const imports = source.matchAll(/^\s*import\s+(?!type\b)(?:[^'"]*?from\s*)?(['"])([^'"]+)\1/gm);
  return [...imports].flatMap(({ 0: text, 2: specifier = '', index }) => {
    if (!isBuiltin(specifier)) return [];
    return [
      {
        file,
        line: source.slice(0, index + text.length).split('\n').length,
        rule: `workflow code is replayed and has no I/O, but imports \`${specifier}\``,
        fix: 'Do it in a source, a generator, a verifier or an effect, in `loop.ts`.',
      },
    ];
  });
}
