import { lot } from './lot.ts';

/**
 * Cases in an order that was fixed before anybody knew how they turn out, and that a seed makes again: who came later
 * falls in somewhere among those that are left.
 */
export function drawn<T extends { readonly id: string }>(cases: readonly T[], seed: number): T[] {
  return cases
    .map((one) => ({ one, at: lot(`${seed}/${one.id}`) }))
    .toSorted((a, b) => a.at - b.at || (a.one.id < b.one.id ? -1 : 1))
    .map(({ one }) => one);
}
