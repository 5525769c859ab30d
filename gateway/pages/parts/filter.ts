import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** One choice of a filter. */
export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  /** Value and what it is called; the first means: all. */
  readonly options: readonly (readonly [value: string, label: string])[];
}

/** A form that narrows a list. Its choices are in the address, so that a narrowed list can be passed on. */
export function filterForm(path: string, fields: readonly FilterField[]): Markup {
  return html`<form class="filter" action="${path}" method="get" role="search" aria-label="Narrow the list">
    ${fields.map(
      ({ name, label, value = '', options }) =>
        html`<label
          ><span>${label}</span>
          <select name="${name}">
            ${options.map(
              ([own, words]) => html`<option value="${own}" ${own === value && html`selected`}>${words}</option>`,
            )}
          </select></label
        >`,
    )}
    <button type="submit">Show</button>
  </form>`;
}
