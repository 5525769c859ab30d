import type { AskedAgain } from '../../contract/judges.ts';

/** In which order kinds are asked about: as many of what people took as of what they did not, and some that were swapped. */
const TURNS: readonly AskedAgain[] = ['accepted', 'refused', 'accepted', 'refused', 'swapped'];

/**
 * Of what a judge can be asked about, at most `most`, kind by kind in turn: whoever ends early has asked about each. Where
 * one kind has no more, the others go on.
 */
export function inTurns<T>(of: Readonly<Record<AskedAgain, readonly T[]>>, most: number): readonly T[] {
  const next: Record<AskedAgain, number> = { accepted: 0, refused: 0, swapped: 0 };
  const all = of.accepted.length + of.refused.length + of.swapped.length;
  const asked: T[] = [];
  for (let turn = 0; asked.length < Math.min(most, all); turn += 1) {
    const kind = TURNS[turn % TURNS.length] as AskedAgain;
    const one = of[kind][next[kind]];
    if (one === undefined) continue;
    next[kind] += 1;
    asked.push(one);
  }
  return asked;
}
