import { Hono } from 'hono';
import { html } from 'hono/html';
import type { LoopFigures } from '../../contract/loop-figures.ts';
import { dollars } from '../../core/figures.ts';
import { answerPage, type PageOptions } from './page.ts';
import { acceptance } from './parts/acceptance.ts';
import type { Markup } from './parts/markup.ts';
import { meter } from './parts/meter.ts';
import { loopPath } from './parts/run-words.ts';
import { shownLine } from './parts/shown.ts';

/** `GET /loops`: every loop in a line. */
export function loopListPage(options: PageOptions): Hono {
  return new Hono().get('/', async (context) => {
    const figures = await options.store.loopBook.figures(dayOf(options.now()));
    const here = options
      .workshop()
      ?.loops()
      .map(({ name }) => name);
    const body = html`<h1>Loops</h1>
      <div data-part="loops">
        ${figures.length === 0 ? html`<p class="empty">No loop has run in this data folder yet.</p>` : table(figures, here)}
      </div>`;
    return await answerPage(context, options, { frame: { title: 'Loops', section: 'loops' }, body });
  });
}

/** The UTC day of a moment, as budgets name it. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** What an accepted result cost, all runs that came to nothing included. */
export function perAccepted({ outcomes, costMicroUsd }: LoopFigures): string {
  const { accepted = 0 } = outcomes;
  return accepted === 0 ? '–' : dollars(Math.round(costMicroUsd / accepted));
}

function table(figures: readonly LoopFigures[], here: readonly string[] | undefined): Markup {
  return html`<table class="cards" role="table" aria-label="Loops">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Loop</th>
        <th role="columnheader" scope="col">Accepted</th>
        <th role="columnheader" scope="col" class="right">Waits</th>
        <th role="columnheader" scope="col" class="right">Open</th>
        <th role="columnheader" scope="col" class="right">An accepted result</th>
        <th role="columnheader" scope="col" class="right">Today</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${figures.map((one) => row(one, here === undefined || here.includes(one.loop)))}
    </tbody>
  </table>`;
}

function row(figures: LoopFigures, runsHere: boolean): Markup {
  const { loop, version, waiting, open, todayMicroUsd, capMicroUsd } = figures;
  return html`<tr role="row" data-row>
    <th role="rowheader" scope="row">
      <a href="${loopPath(loop)}" data-open>${shownLine(loop, 60)}</a> <span class="muted">v${version}</span>
      ${!runsHere && html`<span class="tag">does not run here</span>`}
    </th>
    <td role="cell" data-label="Accepted">${acceptance(figures)}</td>
    <td role="cell" data-label="Waits" class="right">${waiting}</td>
    <td role="cell" data-label="Open" class="right">${open}</td>
    <td role="cell" data-label="A result" class="right">${perAccepted(figures)}</td>
    <td role="cell" data-label="Today" class="right">${meter(todayMicroUsd, capMicroUsd)}</td>
  </tr>`;
}
