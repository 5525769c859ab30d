import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** A column: its heading, and how what stands in it is set. */
export interface Column {
  readonly name: string;
  /** Name of the value on a narrow screen, where a row is a card. Default: the heading. */
  readonly label?: string;
  readonly set?: 'right' | 'nowrap' | 'mono';
}

/** What a table shows. The first cell of a row says what the row is. */
export interface CardsTable {
  /** Id of the heading that names it, or its name. */
  readonly named: { readonly by: string } | { readonly as: string };
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Markup | string | number)[])[];
  /** Anchor of each row. */
  readonly ids?: readonly string[];
  /** Whether the keyboard goes through its rows; each has a link that opens it then. */
  readonly walked?: boolean;
}

/** A table whose rows become cards where there is no room; the roles stay said, which a layout of blocks would lose. */
export function cardsTable({ named, columns, rows, ids, walked = false }: CardsTable): Markup {
  const name = 'by' in named ? html`aria-labelledby="${named.by}"` : html`aria-label="${named.as}"`;
  return html`<table class="cards" role="table" ${name}>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(
          ({ name: heading, set }) =>
            html`<th role="columnheader" scope="col" class="${set === 'right' ? 'right' : ''}">${heading}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (cells, at) =>
          html`<tr role="row" ${ids !== undefined && html`id="${ids[at]}"`} ${walked && html`data-row`}>
            ${cells.map((cell, place) => cellOf(cell, place, columns[place]))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cellOf(cell: Markup | string | number, place: number, column: Column | undefined): Markup {
  const set = column?.set ?? '';
  if (place === 0) return html`<th role="rowheader" scope="row" class="${set}">${cell}</th>`;
  return html`<td role="cell" data-label="${column?.label ?? column?.name}" class="${set}">${cell}</td>`;
}
