import { html } from 'hono/html';
import type { FieldMistake } from '../workshop.ts';
import type { Markup } from './parts/markup.ts';
import { shownLine } from './parts/shown.ts';

/** What is wrong with what was sent, field by field. */
export function mistakeList(mistakes: readonly FieldMistake[]): Markup {
  return html`It does not fit:
    <ul>
      ${mistakes.map(({ field, why }) => html`<li>${field !== '' && html`<strong>${field}</strong>: `}${shownLine(why, 300)}</li>`)}
    </ul>`;
}
