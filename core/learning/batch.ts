/** Cases that are run at once; each is a run in every arm. */
const AT_ONCE = 8;

/**
 * How many cases are run at once with what is left of a budget: so few that each of their runs may spend all that its harness
 * lets it. A run is refused a call by what that may cost at worst, which is much more than it does: where all of what is left
 * is handed out at once, an experiment ends with much of its money unspent.
 */
export function casesAtOnce(leftMicroUsd: number, arms: number, runMicroUsd: number): number {
  // What may cost nothing, or has nothing to spend, waits for no money.
  if (leftMicroUsd === 0 || runMicroUsd === 0) return AT_ONCE;
  return Math.min(AT_ONCE, Math.max(1, Math.floor(leftMicroUsd / (arms * runMicroUsd))));
}
