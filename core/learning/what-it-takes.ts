import type { Calibration, JudgeFigures } from '../../contract/judges.ts';
import { percent } from '../figures.ts';
import { shareInterval } from '../interval.ts';
import { NEEDED, NEWEST } from './judges.ts';

/** What a judge lacks to be gating, in words; nothing of one that is. */
export function whatItTakes({ standing, figures }: Calibration): readonly string[] {
  if (standing === 'gating') return [];
  const { passes, fails, kappa = 0 } = figures;
  const lacks = [
    ...rateLacks(passes, { label: 'people took', verb: 'let through' }),
    ...rateLacks(fails, { label: 'people did not take', verb: 'held' }),
  ];
  // Of few labels it says little.
  const agreed = Math.min(passes.of, fails.of) < NEEDED.labels || kappa >= NEEDED.kappa;
  return agreed ? lacks : [...lacks, `a κ of ${NEEDED.kappa}, where it has ${kappa.toFixed(2)}`];
}

/** What is missing of a rate: labels, or being right. At the rate that it has, more labels narrow where it lies. */
function rateLacks(
  { right, of, low }: JudgeFigures['passes'],
  { label, verb }: { readonly label: string; readonly verb: string },
): readonly string[] {
  if (of < NEEDED.labels) return [`${NEEDED.labels - of} more of what ${label}`];
  if (low >= NEEDED.rate) return [];
  const rate = right / of;
  const enough = Array.from({ length: NEWEST - of }, (_, more) => of + more + 1).find(
    (count) => shareInterval(Math.floor(rate * count), count).low >= NEEDED.rate,
  );
  if (enough !== undefined) return [`${enough - of} more of what ${label}, at the rate that it has`];
  const fewest = Array.from({ length: NEWEST }, (_, count) => count + 1).find(
    (count) => shareInterval(count, NEWEST).low >= NEEDED.rate,
  );
  return [`to have ${verb} ${fewest} of the newest ${NEWEST} that ${label}, where it has ${percent(rate)}`];
}
