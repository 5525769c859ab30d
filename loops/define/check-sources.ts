import type { DefinitionMistake } from './invalid-loop.ts';
import type { SourceMistake } from './sources.ts';

/** What is wrong in the options of a stage's sources, at the place of each in its list. */
export function* sourceMistakes(
  at: string,
  sources: readonly { readonly mistakes?: readonly SourceMistake[] }[],
): Generator<DefinitionMistake, void> {
  for (const [index, { mistakes = [] }] of sources.entries())
    for (const mistake of mistakes) yield { field: `${at}.${index}`, ...mistake };
}
