import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callCost, estimateTokens, microUsd, usd, worstCaseTokens } from '../../core/money.ts';

/** A price in millionths of a USD per million tokens, so that costs can be checked in whole numbers. */
const price = fc.integer({ min: 0, max: 200_000_000 });
/** Any UTF-16 units, lone surrogates included. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
const tokens = fc.integer({ min: 0, max: 10_000_000 });

describe('the cost of a call', () => {
  test('is the exact cost rounded up to a micro-USD, never under it', () => {
    fc.assert(
      fc.property(price, price, tokens, tokens, (input, output, inputTokens, outputTokens) => {
        const exact = BigInt(inputTokens) * BigInt(input) + BigInt(outputTokens) * BigInt(output);
        const cost = callCost(
          { inputUsdPerMillion: input / 1e6, outputUsdPerMillion: output / 1e6 },
          { inputTokens, outputTokens },
        );
        expect(BigInt(cost)).toBe((exact + 999_999n) / 1_000_000n);
      }),
    );
  });

  test('does not grow by the noise of binary fractions', () => {
    expect(callCost({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.2 }, { inputTokens: 10, outputTokens: 10 })).toBe(
      3,
    );
  });

  test('a declared price of 0 costs nothing', () => {
    expect(callCost({ inputUsdPerMillion: 0, outputUsdPerMillion: 0 }, { inputTokens: 1e9, outputTokens: 1e9 })).toBe(
      0,
    );
  });
});

describe('a cap', () => {
  test('is never more micro-USD than the USD it was written in', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000_000_000n }), (tenths) => {
        expect(BigInt(microUsd(Number(tenths) / 1e7))).toBe(tenths / 10n);
      }),
    );
  });

  test('that is a whole number of micro-USD stays what it is, there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (micro) => {
        expect(microUsd(usd(micro))).toBe(micro);
      }),
    );
    expect([0.05, 0.29, 0.57, 1.1, 4.35].map(microUsd)).toEqual([50_000, 290_000, 570_000, 1_100_000, 4_350_000]);
  });
});

test('the most tokens of a text are its UTF-8 bytes, lone surrogates included', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(worstCaseTokens(text)).toBe(Buffer.byteLength(text, 'utf8'));
      expect(estimateTokens(text)).toBeLessThanOrEqual(worstCaseTokens(text));
    }),
  );
  expect(worstCaseTokens('a\ud800b')).toBe(5);
});
