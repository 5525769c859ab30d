import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textDiff } from '../../core/text-diff.ts';

const WORDS = fc.array(fc.constantFrom('the', 'card', 'has', 'arrived', ' ', '\n', 'late'), { maxLength: 40 });

test('says which words went and which came', () => {
  expect(textDiff('Your card is lost.', 'Your new card is here.')).toEqual([
    { kind: 'same', text: 'Your ' },
    { kind: 'new', text: 'new ' },
    { kind: 'same', text: 'card is ' },
    { kind: 'gone', text: 'lost.' },
    { kind: 'new', text: 'here.' },
  ]);
});

test('what changed in one place is told as one change', () => {
  expect(textDiff('It takes five days.', 'It goes by itself.')).toEqual([
    { kind: 'same', text: 'It ' },
    { kind: 'gone', text: 'takes five days.' },
    { kind: 'new', text: 'goes by itself.' },
  ]);
});

test('both texts can be read from it, whatever they are', () => {
  fc.assert(
    fc.property(WORDS, WORDS, (one, other) => {
      const [before, after] = [one.join(''), other.join('')];
      const parts = textDiff(before, after);
      const read = (not: 'gone' | 'new'): string =>
        parts
          .filter(({ kind }) => kind !== not)
          .map(({ text }) => text)
          .join('');
      expect(read('new')).toBe(before);
      expect(read('gone')).toBe(after);
      if (before === after) expect(parts.every(({ kind }) => kind === 'same')).toBe(true);
    }),
  );
});

test('long texts that have nothing in common are replaced as a whole, at once', () => {
  const before = Array.from({ length: 20_000 }, (_, index) => `a${index}`).join(' ');
  const after = Array.from({ length: 20_000 }, (_, index) => `b${index}`).join(' ');
  expect(textDiff(before, after).length).toBeLessThanOrEqual(2);
});
