import { expect, test } from 'vitest';
import { NearDuplicates } from '../../../core/learning/near-duplicates.ts';

test('texts that say nearly the same are one group, under the name of the first', () => {
  const groups = new NearDuplicates();
  const letter = 'My card was charged twice in the supermarket and I want the second payment back as soon as possible';
  expect(groups.add(`${letter}.`, 'one')).toBe('one');
  expect(groups.add('Where is my new card? I ordered it two weeks ago and nothing has arrived yet', 'two')).toBe('two');
  expect(groups.add(`${letter}, please!`, 'three')).toBe('one');
});

test('texts without words are groups of their own', () => {
  const groups = new NearDuplicates();
  expect([groups.add('', 'one'), groups.add('', 'two')]).toEqual(['one', 'two']);
});
