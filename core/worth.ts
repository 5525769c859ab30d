import type { StopPlan } from '../contract/run.ts';
import { dollars } from './figures.ts';

/**
 * Why the next attempt is not worth its price: what a success costs by it, which is its cost over its chance, passes what a
 * result is worth. The chance is that of the loop's own history, smoothed as if one attempt more had passed and one failed.
 */
export function notWorthIt(
  history: NonNullable<StopPlan['history']>,
  next: number,
  worthMicroUsd: number,
  spentOnAttemptMicroUsd: number,
): string | undefined {
  const { tried = 0, passed = 0 } = history.odds[next - 1] ?? {};
  const chance = (passed + 1) / (tried + 2);
  const cost = Math.max(history.attemptMicroUsd, spentOnAttemptMicroUsd);
  const price = cost / chance;
  if (price <= worthMicroUsd) return undefined;
  return `attempt ${next} costs about ${dollars(Math.round(cost))} and passes in ${Math.round(100 * chance)} of 100 cases (${passed} of ${tried} so far), so a result would cost ${dollars(Math.round(price))} and is worth ${dollars(worthMicroUsd)}`;
}
