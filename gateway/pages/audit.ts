import { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { AUDIT_KINDS, type AuditEntry } from '../../contract/audit.ts';
import { answerPage, type PageOptions } from './page.ts';
import { badge } from './parts/badge.ts';
import { cardsTable } from './parts/cards-table.ts';
import { parsedJson } from '../../core/json-text.ts';
import { fieldsOf } from './parts/fields.ts';
import { filterForm } from './parts/filter.ts';
import type { Markup } from './parts/markup.ts';
import { pager } from './parts/pager.ts';
import { shownLine } from './parts/shown.ts';
import { clock } from './parts/time.ts';

/** Entries on a page. */
const LIMIT = 50;

const Query = z.object({
  kind: z.enum(AUDIT_KINDS).optional().catch(undefined),
  after: z.coerce.number().int().min(1).optional().catch(undefined),
});

/** `GET /audit`: what was decided and changed, newest first, and whether what is shown still holds together. */
export function auditPage(options: PageOptions): Hono {
  return new Hono().get('/', async (context) => {
    const { kind, after } = Query.parse(context.req.query());
    const { audit } = options.store;
    const narrowed = kind === undefined ? {} : { kind };
    const [found, head] = await Promise.all([
      audit.newest({ ...narrowed, ...(after === undefined ? {} : { before: after }), limit: LIMIT + 1 }),
      audit.head(),
    ]);
    const entries = found.slice(0, LIMIT);
    const next = found.length > LIMIT ? String(entries.at(-1)?.seq) : undefined;
    const body = html`<h1>Audit log</h1>
      ${filterForm('/audit', [
        {
          name: 'kind',
          label: 'Kind',
          value: kind,
          options: [['', 'All kinds'], ...AUDIT_KINDS.map((one) => [one, one] as const)],
        },
      ])}
      <div data-part="audit">
        ${head !== undefined && html`<p>${chain(entries, kind === undefined)} <span class="muted">Newest: entry ${head.seq}, ${clock(head.at)},</span> <span class="mono">${head.hash.slice(0, 16)}…</span></p>`}
        ${entries.length === 0 ? html`<p class="empty">Nothing is on it.</p>` : table(entries)}
        ${pager('/audit', narrowed, { after: after === undefined ? undefined : String(after), next })}
      </div>
      <p class="muted small">
        Each entry holds the hash of the one before it. <code>loopwright audit verify</code> holds the whole log against
        itself and against heads that were kept elsewhere.
      </p>`;
    return await answerPage(context, options, { frame: { title: 'Audit log', section: 'audit' }, body });
  });
}

/** Whether entries that follow each other hold on to each other; of one kind alone that is not seen. */
function chain(entries: readonly AuditEntry[], all: boolean): Markup | string {
  if (!all || entries.length === 0) return '';
  const holds = entries.every((entry, index) => index === 0 || entries[index - 1]?.prev === entry.hash);
  return holds ? badge('good', 'these entries hold together') : badge('bad', 'the chain is broken here');
}

function table(entries: readonly AuditEntry[]): Markup {
  return cardsTable({
    named: { as: 'Audit log' },
    columns: [
      { name: 'Entry' },
      { name: 'When', set: 'nowrap' },
      { name: 'Kind' },
      { name: 'What' },
      { name: 'Hash', set: 'mono' },
    ],
    rows: entries.map((entry) => [
      entry.seq,
      clock(entry.at),
      entry.kind,
      html`<details>
        <summary>${shownLine(summaryOf(entry), 140)}</summary>
        ${fieldsOf(entry.body)}
      </details>`,
      entry.hash.slice(0, 12),
    ]),
    ids: entries.map(({ seq }) => `entry-${seq}`),
  });
}

/** Fields of an entry that say most, in this order. */
const TELLING = ['decision', 'loop', 'version', 'by', 'user', 'run', 'gate', 'budget', 'reason', 'subject', 'id'];

function summaryOf({ body }: AuditEntry): string {
  const value = (parsedJson(body) ?? {}) as Readonly<Record<string, unknown>>;
  const told = TELLING.map((name) => value[name]).filter((one) => typeof one === 'string' || typeof one === 'number');
  return told.length === 0 ? 'an entry' : told.slice(0, 4).join(' · ');
}
