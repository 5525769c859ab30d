import type { Mistake } from '../../contract/mistake.ts';
import { nearest } from '../../core/nearest.ts';
import type { FoundLoop } from './loop-folder.ts';

/** Finders that start loops which are not among those that there are. */
export function finderLoopMistakes(loops: ReadonlyMap<string, FoundLoop>): Mistake[] {
  const names = [...loops.keys()];
  return [...loops.values()].flatMap(({ loop, at }) => {
    const { starts } = loop.finder ?? {};
    if (starts === undefined || loops.has(starts)) return [];
    const near = nearest(starts, names);
    const fix = near === undefined ? `Known are ${names.toSorted().join(', ')}.` : `Did you mean \`${near}\`?`;
    return [{ ...at, field: 'starts', rule: `there is no loop \`${starts}\` here`, fix }];
  });
}
