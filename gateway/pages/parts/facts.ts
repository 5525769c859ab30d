import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** A name and what stands for it; without the latter it is left out. */
export type Fact = readonly [name: string, value: Markup | string | number | undefined];

/** Facts side by side, names above what they stand for. */
export function facts(list: readonly Fact[]): Markup {
  return html`<dl class="facts">
    ${list
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;
}
