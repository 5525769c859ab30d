import { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { COST_GROUPS, type CostLine, type Costs } from '../../contract/costs.ts';
import { dollars } from '../../core/figures.ts';
import { dayOf } from './loops.ts';
import { answerPage, type PageOptions } from './page.ts';
import { bars } from './parts/bars.ts';
import { facts } from './parts/facts.ts';
import { filterForm } from './parts/filter.ts';
import type { Markup } from './parts/markup.ts';
import { meter } from './parts/meter.ts';
import { shownLine } from './parts/shown.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Bars that a chart has room for. */
const MOST_BARS = 31;

const DAYS = ['1', '7', '30', 'all'] as const;

const WORDS: Readonly<Record<(typeof COST_GROUPS)[number], string>> = {
  loop: 'By loop',
  day: 'By day',
  model: 'By model',
  outcome: 'By outcome',
  tenant: 'By tenant',
};

const HEADS: Readonly<Record<(typeof COST_GROUPS)[number], string>> = {
  loop: 'Loop',
  day: 'Day (UTC)',
  model: 'Model',
  outcome: 'Outcome',
  tenant: 'Tenant',
};

const Query = z.object({
  by: z.enum(COST_GROUPS).catch('day'),
  loop: z.string().min(1).max(200).optional().catch(undefined),
  days: z.enum(DAYS).catch('30'),
});

/** `GET /spend`: what money went where, as bars with the table of the same beside them. */
export function spendPage(options: PageOptions): Hono {
  return new Hono().get('/', async (context) => {
    const { by, loop, days } = Query.parse(context.req.query());
    const now = options.now();
    const since = days === 'all' ? {} : { since: Date.parse(dayOf(now)) - (Number(days) - 1) * DAY_MS };
    const query = { by, ...since, ...(loop === undefined ? {} : { loop }) };
    const [costs, loops] = await Promise.all([
      options.store.costs.costs(query, dayOf(now)),
      options.store.loopBook.names(),
    ]);
    const lines = by === 'day' ? costs.lines.toSorted((a, b) => b.group.localeCompare(a.group)) : costs.lines;
    const body = html`<h1>Spend</h1>
      ${filterForm('/spend', [
        { name: 'by', label: 'Sorted', value: by, options: COST_GROUPS.map((group) => [group, WORDS[group]] as const) },
        {
          name: 'loop',
          label: 'Loop',
          value: loop,
          options: [['', 'All loops'], ...loops.map((name) => [name, name] as const)],
        },
        {
          name: 'days',
          label: 'Since',
          value: days,
          options: [
            ['1', 'Today'],
            ['7', '7 days'],
            ['30', '30 days'],
            ['all', 'The beginning'],
          ],
        },
      ])}
      <div data-part="spend">
        ${total(costs)} ${lines.length === 0 ? html`<p class="empty">Nothing was spent.</p>` : chart(lines, by)}
        ${lowCard(costs.low)}
      </div>`;
    return await answerPage(context, options, { frame: { title: 'Spend', section: 'spend' }, body });
  });
}

function total({ total: all }: Costs): Markup {
  const { settledMicroUsd, uncertainMicroUsd, heldMicroUsd, calls, accepted } = all;
  const spent = settledMicroUsd + uncertainMicroUsd;
  return facts([
    ['Spent', dollars(spent)],
    ['Of that uncertain', uncertainMicroUsd === 0 ? undefined : dollars(uncertainMicroUsd)],
    ['Held for calls in flight', heldMicroUsd === 0 ? undefined : dollars(heldMicroUsd)],
    ['Calls', calls.toLocaleString('en')],
    ['Accepted results', accepted.toLocaleString('en')],
    ['Each', accepted === 0 ? undefined : dollars(Math.round(spent / accepted))],
  ]);
}

function chart(lines: readonly CostLine[], by: (typeof COST_GROUPS)[number]): Markup {
  const title = WORDS[by];
  // Days go by from left to right; in the table the newest is first.
  const shown = by === 'day' ? lines.slice(0, MOST_BARS).toReversed() : lines.slice(0, MOST_BARS);
  const list = shown.map((line) => ({
    name: line.group,
    microUsd: line.settledMicroUsd,
    unsureMicroUsd: line.uncertainMicroUsd + line.heldMicroUsd,
  }));
  return html`<section class="card" aria-labelledby="money">
    <h2 id="money">${title}</h2>
    ${bars(title, list)}
    <div class="scroll" role="region" aria-label="${title}, as a table" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">${HEADS[by]}</th>
            <th scope="col" class="right">Spent</th>
            <th scope="col" class="right">Uncertain</th>
            <th scope="col" class="right">Held</th>
            <th scope="col" class="right">Calls</th>
            <th scope="col" class="right">Tokens in</th>
            <th scope="col" class="right">Tokens out</th>
            <th scope="col" class="right">Accepted</th>
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            (line) =>
              html`<tr>
                <th scope="row">${shownLine(line.group, 80)}</th>
                <td class="right">${dollars(line.settledMicroUsd)}</td>
                <td class="right">${line.uncertainMicroUsd === 0 ? '–' : dollars(line.uncertainMicroUsd)}</td>
                <td class="right">${line.heldMicroUsd === 0 ? '–' : dollars(line.heldMicroUsd)}</td>
                <td class="right">${line.calls.toLocaleString('en')}</td>
                <td class="right">${line.inputTokens.toLocaleString('en')}</td>
                <td class="right">${line.outputTokens.toLocaleString('en')}</td>
                <td class="right">${line.accepted.toLocaleString('en')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function lowCard(low: Costs['low']): Markup | string {
  if (low.length === 0) return '';
  return html`<section class="card" aria-labelledby="low">
    <h2 id="low">Caps that run low</h2>
    <ul class="evidence">
      ${low.map(
        ({ budget, capMicroUsd, usedMicroUsd }) =>
          html`<li>
            <div class="criterion">
              <strong>${shownLine(budget, 120)}</strong> <span>${meter(usedMicroUsd, capMicroUsd)}</span>
            </div>
          </li>`,
      )}
    </ul>
  </section>`;
}
