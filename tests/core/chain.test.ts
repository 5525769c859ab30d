import { expect, test } from 'vitest';
import { nextInChain, placeInChain } from '../../core/chain.ts';

test('a chain has five places, and then ends', () => {
  const places: string[] = [];
  for (let depth: number | undefined = 1; depth !== undefined; depth = nextInChain({ kind: 'loop', depth }))
    places.push(placeInChain({ kind: 'loop', depth }));
  expect(places).toEqual(['', '2nd', '3rd', '4th', '5th']);
  expect(nextInChain({ kind: 'manual' })).toBe(2);
});
