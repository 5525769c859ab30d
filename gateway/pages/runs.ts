import { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { OUTCOMES } from '../../contract/outcomes.ts';
import { RunQuery, type RunSummary } from '../../contract/record.ts';
import { TRIGGERS } from '../../contract/run.ts';
import { dollars, span } from '../../core/figures.ts';
import { answerPage, type PageOptions } from './page.ts';
import { OUTCOME_WORDS, runBadge } from './parts/badge.ts';
import { cardsTable } from './parts/cards-table.ts';
import { filterForm } from './parts/filter.ts';
import type { Markup } from './parts/markup.ts';
import { pager } from './parts/pager.ts';
import { shownLine } from './parts/shown.ts';
import { ago } from './parts/time.ts';
import { runPath, TRIGGER_WORDS } from './parts/run-words.ts';

/** Runs on a page. */
const LIMIT = 50;

/** What the list can be narrowed to; what it does not know is as if it was not there. */
const Query = z.object({
  loop: z.string().min(1).max(200).optional().catch(undefined),
  outcome: z.enum(OUTCOMES).optional().catch(undefined),
  trigger: z.enum(TRIGGERS).optional().catch(undefined),
  open: z.enum(['true', 'false']).optional().catch(undefined),
  after: RunQuery.shape.after.catch(undefined),
});

/** `GET /runs`: runs, newest first. */
export function runListPage(options: PageOptions): Hono {
  return new Hono().get('/', async (context) => {
    const { after, ...narrowed } = Query.parse(context.req.query());
    const { loop, outcome, trigger, open } = narrowed;
    const { runs, next } = await options.store.runs.list({
      limit: LIMIT,
      ...(loop === undefined ? {} : { loop }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(trigger === undefined ? {} : { trigger }),
      ...(open === undefined ? {} : { open: open === 'true' }),
      ...(after === undefined ? {} : { after }),
    });
    const loops = await options.store.loopBook.names();
    const body = html`<h1>Runs</h1>
      ${filterForm('/runs', [
        {
          name: 'loop',
          label: 'Loop',
          value: loop,
          options: [['', 'All loops'], ...loops.map((name) => [name, name] as const)],
        },
        {
          name: 'open',
          label: 'State',
          value: open,
          options: [
            ['', 'Open and closed'],
            ['true', 'Open'],
            ['false', 'Closed'],
          ],
        },
        {
          name: 'outcome',
          label: 'Outcome',
          value: outcome,
          options: [['', 'Any outcome'], ...OUTCOMES.map((one) => [one, OUTCOME_WORDS[one][1]] as const)],
        },
        {
          name: 'trigger',
          label: 'Started',
          value: trigger,
          options: [['', 'In any way'], ...TRIGGERS.map((kind) => [kind, TRIGGER_WORDS[kind]] as const)],
        },
      ])}
      <div data-part="runs">${runTable(runs, options.now())} ${pager('/runs', narrowed, { after, next })}</div>`;
    return await answerPage(context, options, { frame: { title: 'Runs', section: 'runs' }, body });
  });
}

/** Runs in a table, a line each; on a narrow screen a card each. */
export function runTable(runs: readonly RunSummary[], now: number): Markup {
  if (runs.length === 0) return html`<p class="empty">No run fits.</p>`;
  return cardsTable({
    named: { as: 'Runs' },
    columns: [
      { name: 'Run' },
      { name: 'State' },
      { name: 'Started' },
      { name: 'Took', set: 'right' },
      { name: 'Attempts', set: 'right' },
      { name: 'Cost', set: 'right' },
    ],
    rows: runs.map((run) => cells(run, now)),
    walked: true,
  });
}

function cells(run: RunSummary, now: number): readonly (Markup | string | number)[] {
  const { workflowId, loop, openedAt, closedAt, attempts, costMicroUsd, trigger, reason, dryRun } = run;
  return [
    html`<a href="${runPath(run)}" data-open>${shownLine(workflowId, 80)}</a>
      ${!workflowId.startsWith(loop) && html`<span class="muted">${shownLine(loop, 40)}</span>`}
      ${dryRun && html`<span class="tag">dry run</span>`}`,
    html`${runBadge(run)}
    ${reason !== undefined && run.outcome !== 'accepted' && html`<span class="muted reason">${shownLine(reason, 90)}</span>`}`,
    html`${ago(openedAt, now)} <span class="muted">${TRIGGER_WORDS[trigger.kind]}</span>`,
    span((closedAt ?? now) - openedAt),
    attempts,
    dollars(costMicroUsd),
  ];
}
