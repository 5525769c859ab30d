/** Money is integer micro-USD everywhere inside; USD only where people read it. */

/** Price of a model in USD per million tokens, as the price table declares it. */
export interface Price {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  /** Of input that the provider had in its cache; default: as any input. */
  readonly cachedInputUsdPerMillion?: number | undefined;
}

/** Tokens of a call. Cached ones are among the input, not beside it. */
export interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number | undefined;
}

/** Micro-USD of a cap, rounded down: a cap is never passed by rounding. Costs are rounded up ({@link callCost}). */
export function microUsd(usd: number): number {
  return Math.floor(Number((usd * 1_000_000).toFixed(6)));
}

/** USD of an amount in micro-USD. */
export function usd(micro: number): number {
  return micro / 1_000_000;
}

/** Micro-USD of a call with that many tokens, rounded up. A USD per million tokens is a micro-USD per token. */
export function callCost(price: Price, { inputTokens, outputTokens, cachedTokens = 0 }: Tokens): number {
  const { inputUsdPerMillion, outputUsdPerMillion, cachedInputUsdPerMillion = inputUsdPerMillion } = price;
  // More cached than there was input would be a server's mistake, and must not make a call cheaper than free.
  const cached = Math.min(cachedTokens, inputTokens);
  const microUsd =
    (inputTokens - cached) * inputUsdPerMillion +
    cached * cachedInputUsdPerMillion +
    outputTokens * outputUsdPerMillion;
  return Math.ceil(Number(microUsd.toFixed(6)));
}

/**
 * The most tokens a text can be: its UTF-8 bytes, since every byte-level tokenizer spends at least a byte a token.
 * For reservations, which must never be too small.
 */
export function worstCaseTokens(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** About how many tokens a text has (4 bytes a token in English). For context budgets, which need not be exact. */
export function estimateTokens(text: string): number {
  return Math.ceil(worstCaseTokens(text) / 4);
}
