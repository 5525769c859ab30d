import { z } from 'zod';
import type { InstallationCaps } from '../../activities/dependencies.ts';
import { duration, durationMs } from '../../contract/harness.ts';
import { microUsd } from '../../core/money.ts';
import { isFree, type PriceTable } from '../../core/prices.ts';

const usd = z.number().min(0);

const price = z.strictObject({
  inputUsdPerMillion: usd.describe('USD per million input tokens; 0 is allowed, but has to be said.'),
  outputUsdPerMillion: usd.describe('USD per million output tokens.'),
  cachedInputUsdPerMillion: usd
    .optional()
    .describe('USD per million input tokens that the provider had in its cache; without it, as any input.'),
});

const day = z.iso.date({ error: 'Expected a day; Write it as year, month and day: 2026-11-27' });

const budgets = z.strictObject({
  usdPerDay: usd.optional().describe('USD that all loops of this installation together may spend a day (UTC).'),
  usdPerTenantDay: usd
    .optional()
    .describe('USD a day for each tenant that `tenants` does not name; a loop says whose a run is with `tenant`.'),
  tenants: z.record(z.string().min(1), usd).default({}).describe('USD a day, by tenant.'),
});

/** The fields of `loopwright.yaml` that are about money: a dated table of prices, and caps above those of the loops. */
export const moneyFields = {
  prices: z.record(z.string(), price).default({}).describe('By model id. A model without a price is refused.'),
  pricesAsOf: day
    .optional()
    .describe('The day the prices were looked up, such as 2026-11-27; needed where one is not 0.'),
  pricesStaleAfter: duration.default('180 days').describe('Prices that were looked up longer ago are refused.'),
  budgets: budgets.prefault({}).describe('Caps above those of the loops; none unless you set them.'),
};

const Money = z.object(moneyFields);
type Money = z.infer<typeof Money>;

/** Whether the table has a date where it needs one. */
export function isDated({ prices, pricesAsOf }: Pick<Money, 'prices' | 'pricesAsOf'>): boolean {
  return pricesAsOf !== undefined || Object.values(prices).every(isFree);
}

/** The price table as runs pin it. */
export function priceTableOf({ prices, pricesAsOf, pricesStaleAfter }: Money): PriceTable {
  const dated = pricesAsOf === undefined ? {} : { asOf: pricesAsOf, staleAfterMs: durationMs(pricesStaleAfter) };
  return { ...dated, models: prices };
}

/** The caps in micro-USD. */
export function capsOf({ budgets: { usdPerDay, usdPerTenantDay, tenants } }: Money): InstallationCaps {
  return {
    ...(usdPerDay === undefined ? {} : { perDayMicroUsd: microUsd(usdPerDay) }),
    ...(usdPerTenantDay === undefined ? {} : { perTenantDayMicroUsd: microUsd(usdPerTenantDay) }),
    tenants: Object.fromEntries(Object.entries(tenants).map(([name, cap]) => [name, microUsd(cap)])),
  };
}
