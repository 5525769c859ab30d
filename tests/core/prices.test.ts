import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callCost } from '../../core/money.ts';
import { priceOf } from '../../core/prices.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2, cachedInputUsdPerMillion: 0.1 };

test('cached tokens are among the input, so they make a call cheaper and never dearer or less than free', () => {
  expect(callCost(price, { inputTokens: 1000, outputTokens: 0, cachedTokens: 900 })).toBe(190);
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(2e6), (inputTokens, outputTokens, cachedTokens) => {
      const cost = callCost(price, { inputTokens, outputTokens, cachedTokens });
      expect(cost).toBeLessThanOrEqual(callCost(price, { inputTokens, outputTokens }));
      expect(cost).toBeGreaterThanOrEqual(outputTokens * 2);
    }),
  );
});

test('a model that the table does not name has no price, whatever objects inherit', () => {
  expect(priceOf({ models: { a: price } }, 'b', 0)).toEqual({ kind: 'unknown' });
  expect(priceOf({ models: {} }, 'constructor', 0)).toEqual({ kind: 'unknown' });
});
