import { html } from 'hono/html';
import { dollars } from '../../../core/figures.ts';
import type { Markup } from './markup.ts';

/** Share of a cap from which on it runs low. */
const HIGH = 0.8;

/** What was spent of a cap: in words, and as a bar beside them. */
export function meter(usedMicroUsd: number, capMicroUsd: number | undefined): Markup {
  if (capMicroUsd === undefined || capMicroUsd === 0) return html`${dollars(usedMicroUsd)}`;
  const share = Math.min(1, usedMicroUsd / capMicroUsd);
  return html`${dollars(usedMicroUsd)} <span class="muted">of ${dollars(capMicroUsd)}</span>
    <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="6" rx="3" />
      <rect class="${share >= HIGH ? 'full high' : 'full'}" width="${(100 * share).toFixed(1)}" height="6" rx="3" />
    </svg>`;
}
