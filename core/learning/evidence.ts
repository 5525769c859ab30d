/**
 * Shares of the stake that are bet on the next discordant case being a fix. Against an even chance they are the p of
 * {.6, .7, .8, .9, .97} of DESIGN §8, as p = floor + share · (1 − floor): the same bets serve any floor, always for a p
 * above it. Small ones find slight gains late, large ones find great gains early.
 */
const STAKES = [0.2, 0.4, 0.6, 0.8, 0.94];

/** Largest ln E that is told: a number that JSON can carry. */
const LARGEST = 700;

/**
 * Evidence that a change is better, from the cases that it fixes (fail → pass) and breaks (pass → fail): how much a
 * gambler has who began with 1 and bet on fixes at fair odds. Under "at most `floor` of what changes is a fix" (.5: no
 * better than before) that is a supermartingale, so it ever reaches 1/α with probability α at most (Ville), however often
 * one looks, stops and goes on. A mean of p-bets: (p/floor)^fixes · ((1−p)/(1−floor))^breaks.
 */
export function eValue(fixes: number, breaks: number, floor = 0.5): number {
  const logs = STAKES.map(
    (stake) =>
      fixes * Math.log1p((stake * (1 - floor)) / floor) + breaks * Math.log1p(-stake) - Math.log(STAKES.length),
  );
  const most = Math.max(...logs);
  const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
  return Math.exp(Math.min(LARGEST, most + Math.log(sum)));
}

/** How many fixes reach a threshold, with so many breaks: 6, 9, 12, 14 for 20 with none, 1, 2, 3. For people. */
export function fixesNeeded(threshold: number, breaks: number, floor = 0.5): number {
  let fixes = 0;
  while (eValue(fixes, breaks, floor) < threshold) fixes += 1;
  return fixes;
}
