import { html } from 'hono/html';
import { span } from '../../../core/figures.ts';
import type { Phases } from '../../../core/story/phases.ts';
import type { Markup } from './markup.ts';

/** Where a run's time went: a bar, and the same in words. */
export function timeShare({ workedMs, waitedMs }: Phases): Markup {
  const all = Math.max(1, workedMs + waitedMs);
  const worked = Math.max(workedMs > 0 ? 0.5 : 0, (100 * workedMs) / all);
  const text = `${span(workedMs)} at work, ${span(waitedMs)} waiting`;
  return html`<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="${text}">
      <rect class="waited" width="100" height="4" rx="0.5" />
      <rect class="worked" width="${worked.toFixed(2)}" height="4" rx="0.5" />
    </svg>
    <p class="small muted">${text}</p>`;
}
