import { Hono } from 'hono';
import { html } from 'hono/html';
import type { LoopFigures } from '../../contract/loop-figures.ts';
import { dollars } from '../../core/figures.ts';
import { levelOf, type LoopLevel } from '../loop-level.ts';
import { answerPage, type PageOptions } from './page.ts';
import { acceptance } from './parts/acceptance.ts';
import { cardsTable } from './parts/cards-table.ts';
import { levelLink } from './parts/level.ts';
import type { Markup } from './parts/markup.ts';
import { meter } from './parts/meter.ts';
import { loopPath } from './parts/run-words.ts';
import { shownLine } from './parts/shown.ts';

/** `GET /loops`: every loop in a line. */
export function loopListPage(options: PageOptions): Hono {
  return new Hono().get('/', async (context) => {
    const figures = await options.store.loopBook.figures(dayOf(options.now()));
    const levels = await Promise.all(figures.map(({ loop }) => levelOf(options.store, loop)));
    const here = options
      .workshop()
      ?.loops()
      .map(({ name }) => name);
    const body = html`<h1>Loops</h1>
      <div data-part="loops">
        ${figures.length === 0 ? html`<p class="empty">No loop has run in this data folder yet.</p>` : table({ figures, levels, here })}
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

interface Listed {
  readonly figures: readonly LoopFigures[];
  /** How much each does by itself, in the same order. */
  readonly levels: readonly (LoopLevel | undefined)[];
  /** Loops that run here; undefined where nobody knows. */
  readonly here: readonly string[] | undefined;
}

function table({ figures, levels, here }: Listed): Markup {
  return cardsTable({
    named: { as: 'Loops' },
    columns: [
      { name: 'Loop' },
      { name: 'Accepted' },
      { name: 'By itself' },
      { name: 'Waits', set: 'right' },
      { name: 'Open', set: 'right' },
      { name: 'An accepted result', label: 'A result', set: 'right' },
      { name: 'Today', set: 'right' },
    ],
    rows: figures.map((one, at) => [
      nameCell(one, here === undefined || here.includes(one.loop)),
      acceptance(one),
      levelLink(one.loop, levels[at]),
      one.waiting,
      one.open,
      perAccepted(one),
      meter(one.todayMicroUsd, one.capMicroUsd),
    ]),
    walked: true,
  });
}

function nameCell({ loop, version }: LoopFigures, runsHere: boolean): Markup {
  return html`<a href="${loopPath(loop)}" data-open>${shownLine(loop, 60)}</a>
    <span class="muted">v${version}</span> ${!runsHere && html`<span class="tag">does not run here</span>`}`;
}
