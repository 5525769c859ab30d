import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../core/nearest.ts';

const FIELDS = ['instructions', 'examples', 'evals', 'routing', 'limits'];

test.each([
  ['instruction', 'instructions'],
  ['exmaples', 'examples'],
  ['Evals', 'evals'],
  ['rooting', 'routing'],
  ['limit', 'limits'],
])('%s was meant as %s', (word, meant) => {
  expect(nearest(word, FIELDS)).toBe(meant);
});

test('a word that is like none has no nearest', () => {
  expect(nearest('temperature', FIELDS)).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

test('a word with two neighbours swapped is nearest to itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FIELDS), fc.nat(), (word, n) => {
      const at = n % (word.length - 1);
      const swapped = word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
      expect(nearest(swapped, FIELDS)).toBe(word);
    }),
  );
});
