import type { Calibration, JudgeFigures } from '../contract/judges.ts';
import { columns } from './columns.ts';
import { whatItTakes } from './learning/what-it-takes.ts';
import { plainLine } from './plain-text.ts';

const HEADER = ['STAGE', 'JUDGE', 'STANDING', 'TPR', 'TNR', 'κ', 'SWAPPED', 'OTHER ORDER', 'DRIFT E', 'WHY'];

/** Longest reason that is shown, in characters. */
const REASON = 240;

/** Judges as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function judgeTable(calibrations: readonly Calibration[]): string {
  return columns([
    HEADER,
    ...calibrations.map(
      ({ stage, judge, standing, because, figures: { passes, fails, kappa, swapped, orders, drift } }) => [
        plainLine(stage, 40),
        plainLine(judge, 40),
        standing,
        rate(passes),
        rate(fails),
        kappa === undefined ? '-' : kappa.toFixed(2),
        swapped === undefined ? '-' : `${swapped.held}/${swapped.of}`,
        orders.of === 0 ? '-' : `${orders.changed} of ${orders.of}`,
        drift.toPrecision(2),
        plainLine(because, REASON),
      ],
    ),
  ]);
}

/** What judges that are not gating lack for it, a line each. */
export function judgeNeeds(calibrations: readonly Calibration[]): readonly string[] {
  return calibrations.flatMap((one) => {
    const needs = whatItTakes(one);
    const who = plainLine(`${one.stage}/${one.judge}`, 80);
    return needs.length === 0 ? [] : [`${who} would be gating with ${needs.join('; ')}.`];
  });
}

function rate({ right, of, low }: JudgeFigures['passes']): string {
  return of === 0 ? '-' : `${right}/${of} ≥ ${low.toFixed(2)}`;
}
