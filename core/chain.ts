import { MOST_IN_A_CHAIN, type Trigger } from '../contract/run.ts';

/** Which loop of a chain a run would be that another run starts; undefined where the chain is as long as it may be. */
export function nextInChain({ depth = 1 }: Trigger): number | undefined {
  return depth < MOST_IN_A_CHAIN ? depth + 1 : undefined;
}

/** What a person may read of a run's place in a chain: ``, `2nd`, `3rd`. */
export function placeInChain({ depth = 1 }: Trigger): string {
  return depth === 1 ? '' : depth === 2 ? '2nd' : depth === 3 ? '3rd' : `${depth}th`;
}
