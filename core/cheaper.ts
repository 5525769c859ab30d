import type { Price } from './money.ts';

/** A route that could answer, and what its model costs. */
export interface PricedRoute {
  readonly route: string;
  readonly price: Price;
}

/** What a model costs for a call of that many tokens, in micro-USD: only good for comparing. */
interface Size {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Routes that would be cheaper than `from` for a call of a size, the dearest of them first: the next cheaper one. */
export function cheaperThan(from: PricedRoute, others: readonly PricedRoute[], size: Size): string[] {
  const cost = ({ price }: PricedRoute): number =>
    size.inputTokens * price.inputUsdPerMillion + size.outputTokens * price.outputUsdPerMillion;
  return others
    .filter((other) => other.route !== from.route && cost(other) < cost(from))
    .toSorted((a, b) => cost(b) - cost(a))
    .map(({ route }) => route);
}
