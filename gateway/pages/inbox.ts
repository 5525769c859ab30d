import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { APPROVAL_STATES, ApprovalQuery, type Approval } from '../../contract/approvals.ts';
import { outcomeOf, titleOf } from '../../core/learning/proposal-words.ts';
import { preview, type PreviewField } from '../../core/preview.ts';
import { namesOf } from './case.ts';
import { answerPage, type PageOptions } from './page.ts';
import { APPROVAL_WORDS, approvalBadge } from './parts/badge.ts';
import { filterForm } from './parts/filter.ts';
import type { Markup } from './parts/markup.ts';
import { pager } from './parts/pager.ts';
import { approvalPath } from './parts/run-words.ts';
import { proposalIn } from './proposal.ts';
import { shownLine } from './parts/shown.ts';
import { ago, left } from './parts/time.ts';

/** Approvals on a page. */
const LIMIT = 50;

const Query = z.object({
  loop: z.string().min(1).max(200).optional().catch(undefined),
  state: ApprovalQuery.shape.state.catch('pending'),
  after: ApprovalQuery.shape.after.catch(undefined),
});

/** `GET /` and `GET /approvals`: what waits for people, the one that expires first first, or what they decided. */
export function inboxPages(options: PageOptions): Hono {
  const list = (path: string) => (context: Context) => listPage(context, options, path);
  return new Hono().get('/', list('/')).get('/approvals', list('/approvals'));
}

async function listPage(context: Context, options: PageOptions, path: string): Promise<Response> {
  const { loop, state, after } = Query.parse(context.req.query());
  const { store, now } = options;
  const query = {
    state,
    limit: LIMIT,
    ...(loop === undefined ? {} : { loop }),
    ...(after === undefined ? {} : { after }),
  };
  const [{ items, next }, loops] = await Promise.all([store.approvals.list(query, now()), store.loopBook.names()]);
  const texts = await Promise.all(items.map((item) => textsOf(options, item)));
  const rows = items.map((item, index) => row(item, texts[index] ?? {}, now()));
  const body = html`<div class="head"><h1>${state === 'pending' ? 'Inbox' : 'Approvals'}</h1></div>
    ${filterForm(path, [
      {
        name: 'loop',
        label: 'Loop',
        value: loop,
        options: [['', 'All loops'], ...loops.map((name) => [name, name] as const)],
      },
      {
        name: 'state',
        label: 'State',
        value: state,
        options: [
          ['pending', 'Waits for people'],
          ['settled', 'Settled'],
          ...APPROVAL_STATES.map((one) => [one, APPROVAL_WORDS[one][1]] as const),
        ],
      },
    ])}
    <div data-part="approvals">
      ${
        items.length === 0
          ? nothing(state)
          : html`<ol class="rows">
              ${rows}
            </ol>`
      }
      ${pager(path, { loop, state: state === 'pending' ? undefined : state }, { after, next })}
    </div>`;
  return await answerPage(context, options, { frame: { title: 'Inbox', section: 'inbox' }, body });
}

function nothing(state: string): Markup {
  return state === 'pending'
    ? html`<p class="empty">Nothing waits for people.</p>`
    : html`<p class="empty">Nothing is in this state.</p>`;
}

/** What a row says of what is decided, and of what it answers or, where it is a change of a harness, what speaks for it. */
interface Texts {
  readonly output?: readonly PreviewField[];
  readonly input?: readonly PreviewField[];
}

async function textsOf(options: PageOptions, item: Approval): Promise<Texts> {
  const { artefacts, runs } = options.store;
  const [output, run] = await Promise.all([artefacts.get(item.artefact), runs.find(item.runKey)]);
  const proposal = proposalIn({ approval: item, output });
  if (proposal !== undefined) return { output: [{ text: titleOf(proposal) }], input: [{ text: outcomeOf(proposal) }] };
  const input = run && (await artefacts.get(run.input));
  return {
    ...(output === undefined ? {} : { output: preview(output, namesOf(options, item)) }),
    ...(input === undefined ? {} : { input: preview(input) }),
  };
}

function row(item: Approval, { output = [], input = [] }: Texts, now: number): Markup {
  const { digest, workflowId, because, openedAt } = item;
  const [asked] = input.toSorted((a, b) => b.text.length - a.text.length);
  return html`<li data-row>
    <div>
      <div class="what">
        <a href="${approvalPath(digest)}" data-open
          >${output.length === 0 ? shownLine(workflowId, 160) : output.map(value)}</a
        >
      </div>
      ${asked !== undefined && html`<div class="asked">${value(asked)}</div>`}
      <div class="preview">
        ${shownLine(workflowId, 80)}${item.gate !== 'main#1' && html` · ${item.gate}`} · ${shownLine(because, 140)}
      </div>
    </div>
    <div class="side">
      ${marks(item, now).map((mark) => html`<span>${mark}</span> `)}
      <span class="muted">${ago(item.decidedAt ?? openedAt, now)}</span>
    </div>
  </li>`;
}

/** A field by its name, which is what an output and an input are told apart by. */
function value({ name, text }: PreviewField): Markup {
  return html`<span class="value"
    >${name !== undefined && html`<span class="name">${shownLine(name, 40)}</span> `}${shownLine(text, 140)}</span
  > `;
}

function waitsUntil({ expiresAt }: Approval, now: number): Markup | string {
  if (expiresAt === undefined) return '';
  const soon = expiresAt - now < 3_600_000;
  return html`<span class="${soon ? 'late' : ''}">${left(expiresAt, now)}</span>`;
}

/** What a row says beside what it is about: how long it waits, who has it, how many have approved. */
function marks(item: Approval, now: number): (Markup | string)[] {
  const { state, have, need, audit, policy, claimedBy, decidedBy } = item;
  const by = state === 'claimed' ? claimedBy : decidedBy;
  return [
    state === 'open' ? waitsUntil(item, now) : approvalBadge(state),
    by === undefined ? '' : html`<span class="muted">by ${shownLine(by, 40)}</span>`,
    need > 1 ? html`<span class="muted">${have} of ${need} approved</span>` : '',
    policy?.risk === 'high' ? html`<span class="tag warn">high risk</span>` : '',
    audit ? html`<span class="tag">audit</span>` : '',
  ].filter((mark) => mark !== '');
}
