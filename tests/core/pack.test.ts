import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateTokens } from '../../core/money.ts';
import { cut, pack } from '../../core/pack.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 400 });
const wish = (words: string) => ({ text: words });

test('the parts of a context are never over its budget together, and each is a start of what it was', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), fc.nat({ max: 400 }), (texts, budget) => {
      const packed = pack(texts.map(wish), budget);
      const kept = packed.flatMap((item) => (item.kind === 'dropped' ? [] : [item]));
      expect(kept.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(budget);
      for (const item of kept) {
        expect(item.tokens).toBe(estimateTokens(item.text));
        expect(item.wish.text.startsWith(item.text)).toBe(true);
        expect(item.kind === 'whole').toBe(item.text === item.wish.text);
      }
      expect(packed.map((item) => item.wish.text)).toEqual(texts);
    }),
  );
});

test('a part is dropped only where fewer than 16 tokens are left, which would say nothing', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), fc.nat({ max: 400 }), (texts, budget) => {
      let left = budget;
      for (const item of pack(texts.map(wish), budget)) {
        if (item.kind === 'dropped') expect(left).toBeLessThan(Math.min(16, item.tokens));
        else left -= item.tokens;
      }
    }),
  );
});

test('a cut is the longest start that fits and never half a character', () => {
  fc.assert(
    fc.property(text, fc.nat({ max: 500 }), (words, maxBytes) => {
      const start = cut(words, maxBytes);
      expect(Buffer.byteLength(start)).toBeLessThanOrEqual(maxBytes);
      expect(words.startsWith(start)).toBe(true);
      expect(start.isWellFormed()).toBe(true);
      const next = String.fromCodePoint(words.slice(start.length).codePointAt(0) ?? 0);
      if (start !== words) expect(Buffer.byteLength(start + next)).toBeGreaterThan(maxBytes);
    }),
  );
  expect(cut('ab😀', 5)).toBe('ab');
});

test('three megabytes are cut to the budget and say how much they were', () => {
  const [item] = pack([wish('x'.repeat(3_000_000))], 4000);
  expect(item).toMatchObject({ kind: 'cut', tokens: 4000, fromTokens: 750_000 });
});
