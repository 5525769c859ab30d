import { html } from 'hono/html';
import type { Visitor } from '../../contract/access.ts';
import type { Approval } from '../../contract/approvals.ts';
import { IMPROVE } from '../../contract/names.ts';
import { dollars, span } from '../../core/figures.ts';
import { isPending } from '../../core/pending.ts';
import type { Case } from './case.ts';
import { facts } from './parts/facts.ts';
import type { Markup } from './parts/markup.ts';
import { approvalPath } from './parts/run-words.ts';
import { shown, shownLine } from './parts/shown.ts';
import { ago, left } from './parts/time.ts';

/** Which of the lesser forms is open. */
export type Doing = 'reject' | 'ask';

/** Who looks, when, and what they were about to do. */
export interface Looking {
  readonly visitor: Visitor;
  readonly now: number;
  readonly doing: Doing | undefined;
  /** What was typed and refused. */
  readonly typed: Readonly<Record<string, string>>;
}

/** What beside an approval says who may decide it, until when and at what cost, and lets them. */
export function decidePanel(found: Case, looking: Looking): Markup {
  const { approval } = found;
  const waits = isPending(approval.state);
  return html`<section class="card decide" aria-labelledby="decide">
      <h2 id="decide">${waits ? 'Decide' : 'Decided'}</h2>
      ${waits ? waiting(found, looking) : settled(found, looking.now)}
    </section>
    <section class="card" aria-labelledby="terms">
      <h2 id="terms">Terms</h2>
      ${terms(found, looking.now)}
    </section>`;
}

function waiting({ approval, output }: Case, looking: Looking): Markup {
  const { visitor, now } = looking;
  // What is folded from grades cannot be said in another way.
  const mayChange = approval.loop !== IMPROVE;
  const held = approval.state === 'claimed' && approval.claimedBy !== visitor.name;
  const time =
    approval.expiresAt === undefined
      ? ''
      : html`<p>
          <strong>${left(approval.expiresAt, now)}</strong><span class="muted">, then the answer is no</span>
        </p>`;
  if (!visitor.scopes.includes('decide'))
    return html`${time}
      <p class="muted">You may look, not decide: ${shownLine(visitor.name, 60)} has no scope <code>decide</code>.</p>`;
  return html`${time}
    ${held && html`<p>${shownLine(approval.claimedBy ?? '', 60)} has it in hand${approval.claimedUntil !== undefined && html`, ${left(approval.claimedUntil, now)}`}. Until then nobody else decides it.</p>`}
    ${output !== undefined && approveForm(approval, looking)}
    <div class="actions">
      ${mayChange && html`<a class="button" href="${approvalPath(approval.digest)}/edit" data-key="e">Edit</a>`}
      ${claimForm(approval, looking)}
    </div>
    ${rejectForm(approval, looking)} ${mayChange && askForm(approval, looking)}`;
}

/** What every form of an approval carries: whose session sends it, and what was shown. */
export function bound({ digest }: Approval, { csrf = '' }: Visitor): Markup {
  return html`<input type="hidden" name="csrf" value="${csrf}" /><input
      type="hidden"
      name="digest"
      value="${digest}"
    />`;
}

function approveForm(approval: Approval, { visitor, typed }: Looking): Markup {
  return html`<form method="post" action="${approvalPath(approval.digest)}/approve">
    ${bound(approval, visitor)}
    <label class="field"
      ><span>Note (may stay empty)</span
      ><input name="note" maxlength="2000" autocomplete="off" value="${typed['note'] ?? ''}"
    /></label>
    <button class="main" type="submit" data-key="a">Approve</button>
  </form>`;
}

function claimForm(approval: Approval, { visitor }: Looking): Markup {
  const mine = approval.state === 'claimed' && approval.claimedBy === visitor.name;
  const does = mine ? 'release' : 'claim';
  return html`<form method="post" action="${approvalPath(approval.digest)}/${does}" class="claim">
    ${bound(approval, visitor)}<button type="submit" data-key="c">${mine ? 'Release' : 'Claim'}</button>
  </form>`;
}

function rejectForm(approval: Approval, { visitor, doing, typed }: Looking): Markup {
  return html`<details ${doing === 'reject' && html`open`}>
    <summary data-key="r">Reject</summary>
    <form method="post" action="${approvalPath(approval.digest)}/reject">
      ${bound(approval, visitor)}
      <label class="field"
        ><span>Why not? It becomes a lesson.</span
        ><textarea name="note" required maxlength="2000" rows="3">
${doing === 'reject' ? (typed['note'] ?? '') : ''}</textarea>
      </label>
      <button class="danger" type="submit">Reject</button>
    </form>
  </details>`;
}

function askForm(approval: Approval, { visitor, doing, typed }: Looking): Markup {
  return html`<details ${doing === 'ask' && html`open`}>
    <summary>Ask for another attempt</summary>
    <form method="post" action="${approvalPath(approval.digest)}/ask">
      ${bound(approval, visitor)}
      <label class="field"
        ><span>What should be different?</span
        ><textarea name="feedback" required maxlength="2000" rows="3">${typed['feedback'] ?? ''}</textarea>
      </label>
      <button type="submit">Ask</button>
    </form>
  </details>`;
}

function settled({ approval, record }: Case, now: number): Markup {
  const { state, decidedBy, decidedAt, note, identity, digest, gate } = approval;
  const newest = record.gates.findLast((one) => one.gate === gate);
  const by =
    decidedBy === undefined
      ? ''
      : html` by <strong>${shownLine(decidedBy, 80)}</strong>
          <span class="tag">${identity === 'signed' ? 'identity proven' : 'identity not proven'}</span>`;
  return html`<p>${SETTLED[state] ?? state}${by}${decidedAt !== undefined && html`, ${ago(decidedAt, now)}`}.</p>
    ${note !== undefined && shown(note, 600)}
    ${newest !== undefined && newest.digest !== digest && html`<p class="links"><a href="${approvalPath(newest.digest)}">See the newest version</a></p>`}
    <p class="links"><a href="/" data-open>Back to the inbox</a></p>`;
}

const SETTLED: Readonly<Partial<Record<Approval['state'], string>>> = {
  approved: 'Approved',
  edited: 'Replaced by a version of their own',
  rejected: 'Rejected',
  answered: 'Another attempt was asked for',
  expired: 'Nobody answered in time, and silence is a no',
  cancelled: 'The run ended before anybody decided',
  superseded: 'Another version took its place',
};

function terms({ approval, record }: Case, now: number): Markup {
  const { policy, have, need, approvedBy, openedAt } = approval;
  const { costMicroUsd, budgetMicroUsd } = record.run;
  const wait = policy === undefined ? 0 : openedAt + policy.minDelayMs - now;
  const names = (list: readonly string[]): Markup | string =>
    list.includes('*') ? 'anybody' : shownLine(list.join(', '), 300);
  return facts([
    ['Approvals', html`${have} of ${need}${approvedBy.length > 0 && html`: ${shownLine(approvedBy.join(', '), 200)}`}`],
    ['May decide', policy && names(policy.approvers)],
    [
      'Later too',
      policy && policy.escalateTo.length > 0
        ? html`${policy.escalateTo.map(({ afterMs, approvers }) => html`<span>after ${span(afterMs)}: ${names(approvers)} </span>`)}`
        : undefined,
    ],
    ['Risk', policy?.risk],
    ['Own work', policy && (policy.selfApproval ? 'may be approved' : 'somebody else approves')],
    ['Identity', policy && (policy.signed ? 'has to be proven' : 'need not be proven')],
    ['Not before', wait > 0 ? `${span(wait)} from now` : undefined],
    [
      'Spent',
      html`${dollars(costMicroUsd)}
        <span class="muted"
          >of ${dollars(budgetMicroUsd)}, ${dollars(Math.max(0, budgetMicroUsd - costMicroUsd))} left</span
        >`,
    ],
    ['Asked for by', policy?.requestedBy === undefined ? undefined : shownLine(policy.requestedBy, 80)],
  ]);
}
