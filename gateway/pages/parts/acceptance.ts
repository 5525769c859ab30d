import { html } from 'hono/html';
import type { LoopFigures } from '../../../contract/loop-figures.ts';
import type { Outcome } from '../../../contract/outcomes.ts';
import { shareInterval } from '../../../core/interval.ts';
import type { Markup } from './markup.ts';

/** Outcomes that are no try at the work, so that they say nothing of how well it is done. */
const NO_TRY: readonly Outcome[] = ['noWork', 'dryRun'];

/** Runs that tried, and how many of them were accepted. */
export function tries({ outcomes }: Pick<LoopFigures, 'outcomes'>): { readonly accepted: number; readonly of: number } {
  const counted = Object.entries(outcomes).filter(([outcome]) => !NO_TRY.includes(outcome as Outcome));
  return { accepted: outcomes.accepted ?? 0, of: counted.reduce((sum, [, count]) => sum + count, 0) };
}

/** The share of runs that were accepted, with the interval that so few cases leave it. */
export function acceptance(figures: Pick<LoopFigures, 'outcomes'>): Markup {
  const { accepted, of } = tries(figures);
  if (of === 0) return html`<span class="muted">no run yet</span>`;
  const { low, high } = shareInterval(accepted, of);
  const percent = (share: number): number => Math.round(100 * share);
  return html`${percent(accepted / of)} %
    <span class="muted">(${percent(low)}–${percent(high)} %, ${accepted} of ${of})</span>`;
}
