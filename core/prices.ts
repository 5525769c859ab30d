import type { Price } from './money.ts';

/** What models cost, and as of when. Pinned to a run when it opens. */
export interface PriceTable {
  /** The day the prices were looked up, `2026-11-01`; undefined where nothing costs anything. */
  readonly asOf?: string | undefined;
  /** How long they are believed, in milliseconds. */
  readonly staleAfterMs?: number | undefined;
  /** By model id. */
  readonly models: Readonly<Record<string, Price>>;
}

/** A price to reckon with, or why there is none. */
export type PriceFound =
  | { readonly kind: 'price'; readonly price: Price }
  | { readonly kind: 'unknown' }
  /** It was looked up `days` days ago, or on a day that lies ahead (negative). */
  | { readonly kind: 'stale'; readonly asOf: string; readonly days: number };

const DAY_MS = 86_400_000;

/** The price of a model now. Prices change, so an old one is no price; one of zero is no claim that could be out of date. */
export function priceOf(table: PriceTable, model: string, now: number): PriceFound {
  const price = Object.hasOwn(table.models, model) ? table.models[model] : undefined;
  if (price === undefined) return { kind: 'unknown' };
  const { asOf, staleAfterMs = Infinity } = table;
  if (asOf === undefined || isFree(price)) return { kind: 'price', price };
  const age = now - Date.parse(asOf);
  // A day of grace ahead: the date is somebody's own, and it may be tomorrow there.
  return age > staleAfterMs || age < -DAY_MS
    ? { kind: 'stale', asOf, days: Math.floor(age / DAY_MS) }
    : { kind: 'price', price };
}

/** Whether a model costs nothing. */
export function isFree(price: Price): boolean {
  const { inputUsdPerMillion, outputUsdPerMillion, cachedInputUsdPerMillion = 0 } = price;
  return inputUsdPerMillion === 0 && outputUsdPerMillion === 0 && cachedInputUsdPerMillion === 0;
}

/** A pinned table. Runs that were opened before tables had a date pinned the prices alone. */
export function readPriceTable(text: string): PriceTable {
  const value = JSON.parse(text) as PriceTable | PriceTable['models'];
  const { models } = value as Partial<PriceTable>;
  return models !== undefined && !('inputUsdPerMillion' in models)
    ? (value as PriceTable)
    : { models: value as PriceTable['models'] };
}
