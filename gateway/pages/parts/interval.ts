import { html } from 'hono/html';
import type { ArmReport } from '../../../contract/experiment-report.ts';
import type { Markup } from './markup.ts';

/** A share with where it lies: in words, and as a bar from 0 to 100 % that shows both. */
export function interval({ hits, of, low, high }: ArmReport['passed']): Markup | string {
  if (of === 0) return '–';
  const percent = (share: number): number => Math.round(100 * share);
  const at = (100 * hits) / of;
  return html`<span class="nowrap"
      >${hits} of ${of} <span class="muted">(${percent(hits / of)} %, ${percent(low)}–${percent(high)} %)</span></span
    >
    <svg class="interval" viewBox="0 0 100 8" width="120" height="8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" y="3" width="100" height="2" fill="currentColor" opacity="0.25" />
      <rect
        class="range"
        x="${(100 * low).toFixed(1)}"
        y="2"
        width="${Math.max(1, 100 * (high - low)).toFixed(1)}"
        height="4"
        fill="currentColor"
        opacity="0.55"
      />
      <rect
        class="point"
        x="${Math.min(98.5, Math.max(0, at - 0.75)).toFixed(1)}"
        width="1.5"
        height="8"
        fill="currentColor"
      />
    </svg>`;
}
