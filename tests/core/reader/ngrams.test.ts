import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelWords } from '../../../core/reader/label-words.ts';
import { fnv1a, ngrams, ngramVector, words } from '../../../core/reader/ngrams.ts';
import { sparseCosine } from '../../../core/reader/vector.ts';

describe('hashed n-grams', () => {
  test('FNV-1a gives the published values', () => {
    expect([fnv1a(''), fnv1a('a'), fnv1a('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  });

  test('words lose case, accents, apostrophes and punctuation', () => {
    expect(words('Can’t pay at the CAFÉ — "ﬁve" €5!')).toEqual(['cant', 'pay', 'at', 'the', 'cafe', 'five', '5']);
  });

  test('a word gives itself, its pair with the word before, and its runs of 3 and 4 characters', () => {
    expect(ngrams('my card')).toHaveLength(2 + 1 + (2 + 1) + (4 + 3));
  });

  test('a misspelt text is nearer than another text', () => {
    const near = sparseCosine(ngramVector('my card has not arived'), ngramVector('My card has not arrived.'));
    expect(near).toBeGreaterThan(0.6);
    expect(sparseCosine(ngramVector('exchange rate'), ngramVector('My card has not arrived.'))).toBeLessThan(0.1);
  });

  test('every vector is sorted, has length 1 (0 without words), and is the same each time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
        const vector = ngramVector(text);
        expect(vector).toEqual(ngramVector(text));
        expect([...vector.indices]).toEqual([...new Set(vector.indices)].toSorted((a, b) => a - b));
        expect(Math.hypot(...vector.values)).toBeCloseTo(words(text).length === 0 ? 0 : 1, 5);
        expect(sparseCosine(vector, vector)).toBeCloseTo(words(text).length === 0 ? 0 : 1, 5);
      }),
    );
  });
});

test('label names are read as words, however they are written', () => {
  expect(['card_arrival', 'card-arrival', 'cardArrival', 'Card arrival?'].map(labelWords)).toEqual(
    Array(4).fill('card arrival'),
  );
});
