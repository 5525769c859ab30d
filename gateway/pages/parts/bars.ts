import { html } from 'hono/html';
import { dollars } from '../../../core/figures.ts';
import type { Markup } from './markup.ts';

/** A bar of a chart: what is certain, and on top of it what may be. */
export interface Bar {
  readonly name: string;
  readonly microUsd: number;
  readonly unsureMicroUsd: number;
}

const WIDTH = 1040;
const HEIGHT = 170;
const BASE = 146;

/** Bars side by side, drawn here and not in the browser. The table beside it says the same. */
export function bars(title: string, list: readonly Bar[]): Markup {
  const most = Math.max(1, ...list.map(({ microUsd, unsureMicroUsd }) => microUsd + unsureMicroUsd));
  const step = WIDTH / Math.max(1, list.length);
  const wide = Math.min(48, step * 0.7);
  const high = (amount: number): number => (amount / most) * (BASE - 18);
  const last = list.at(-1);
  const words =
    list.length === 0
      ? 'Nothing was spent.'
      : `${list.length} bars, from ${list[0]?.name} to ${last?.name}; the highest is ${dollars(most)}.`;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="chart-title chart-words">
    <title id="chart-title">${title}</title>
    <desc id="chart-words">${words}</desc>
    <line x1="0" y1="${BASE}" x2="${WIDTH}" y2="${BASE}" />
    <text x="0" y="10">${dollars(most)}</text>
    ${list.map(({ name, microUsd, unsureMicroUsd }, index) => {
      const left = index * step + (step - wide) / 2;
      const [sure, unsure] = [high(microUsd), high(unsureMicroUsd)];
      const labelled = list.length <= 10 || index % Math.ceil(list.length / 10) === 0;
      return html`<rect
          x="${left.toFixed(1)}"
          y="${(BASE - sure).toFixed(1)}"
          width="${wide.toFixed(1)}"
          height="${sure.toFixed(1)}"
        />
        <rect
          class="unsure"
          x="${left.toFixed(1)}"
          y="${(BASE - sure - unsure).toFixed(1)}"
          width="${wide.toFixed(1)}"
          height="${unsure.toFixed(1)}"
        />
        ${labelled && html`<text x="${(left + wide / 2).toFixed(1)}" y="${BASE + 16}" text-anchor="middle">${name.slice(-14)}</text>`}`;
    })}
  </svg>`;
}
