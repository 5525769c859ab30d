import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Approval } from '../../contract/approvals.ts';
import type { RunRecord } from '../../contract/run-record.ts';
import { namesOf, type Case } from './case.ts';
import { decidePanel, type Doing } from './decide-panel.ts';
import type { Said } from './layout.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { proposalIn, proposalView } from './proposal.ts';
import { approvalBadge } from './parts/badge.ts';
import { outputDiff } from './parts/diff.ts';
import { evidence } from './parts/evidence.ts';
import { fieldsOf, rawJson } from './parts/fields.ts';
import { manifest } from './parts/manifest.ts';
import type { Markup } from './parts/markup.ts';
import { approvalPath, digestPrefix, loopPath, runPath, stageName } from './parts/run-words.ts';
import { shown, shownLine } from './parts/shown.ts';
import { ago, clock } from './parts/time.ts';

/** What is said above an approval, and which of its forms is open. */
export interface CaseAnswer {
  readonly said?: Said | undefined;
  readonly doing?: Doing | undefined;
  readonly typed?: Readonly<Record<string, string>>;
  readonly status?: ContentfulStatusCode;
}

/** Answers with the page of an approval. */
export async function answerCase(
  context: Context,
  options: PageOptions,
  found: Case,
  { said, doing, typed = {}, status = 200 }: CaseAnswer,
): Promise<Response> {
  const { approval, record } = found;
  const { workflowId, loop, gate, state } = approval;
  const panel = decidePanel(found, { visitor: visitorOf(context), now: options.now(), doing, typed });
  const body = html`<p class="crumb">
      <a href="/">Inbox</a> › <a href="${loopPath(loop)}">${shownLine(loop, 60)}</a> ›
      <a href="${runPath(record.run)}">${shownLine(workflowId, 80)}</a>
    </p>
    <div class="head" data-part="head">
      <h1>${shownLine(workflowId, 80)}</h1>
      <div>
        ${approval.audit && html`<span class="tag">audit</span>`}
        <span class="tag">${gate}</span> ${approvalBadge(state)}
      </div>
    </div>
    <div class="split">
      <div class="lead">${outcomeCard(found, namesOf(options, approval))}</div>
      <aside aria-label="Decision" data-part="decision">${panel}</aside>
      <div>${reasons(found, options.now())}</div>
    </div>`;
  const canonical = status === 200 ? undefined : approvalPath(approval.digest);
  const frame = {
    title: `${stageName(gate)}: ${workflowId}`,
    section: 'inbox',
    about: approval.runKey,
    said,
    canonical,
  } as const;
  return await answerPage(context, options, { frame, body, status });
}

/** What will happen: the output as its fields, as JSON, and against the one before. */
function outcomeCard(found: Case, names: readonly string[]): Markup {
  const { approval, record, output } = found;
  const proposal = proposalIn(found);
  const before = previous(approval, record);
  return html`<section class="card" aria-labelledby="what">
    <h2 id="what">What will happen</h2>
    ${output === undefined ? html`<p class="muted">It has expired: there is nothing to see, and nothing to approve.</p>` : proposal === undefined ? fieldsOf(output, names) : proposalView(proposal)}
    ${output !== undefined && rawJson(output, 'As JSON')}
    ${
      output !== undefined &&
      before !== undefined &&
      html`<details class="raw" open>
        <summary>What changed since ${before.name}</summary>
        <div class="changes">${outputDiff(before.output, output)}</div>
      </details>`
    }
  </section>`;
}

/** What this stage made before: the version that the gate showed last, else the last attempt. */
function previous(
  { digest, artefact, stage }: Approval,
  record: RunRecord,
): { name: string; output: string } | undefined {
  const texts = new Map(record.attempts.map((attempt) => [attempt.artefact, attempt]));
  const own = record.gates.findIndex((gate) => gate.digest === digest);
  const shownBefore = record.gates.slice(0, Math.max(0, own)).findLast((gate) => gate.stage === stage)?.artefact;
  const made = record.attempts.filter((attempt) => attempt.stage === stage);
  const at = made.findIndex((attempt) => attempt.artefact === artefact);
  const last = at > 0 ? made[at - 1] : undefined;
  const found = texts.get(shownBefore ?? '') ?? last;
  if (found?.output === undefined || found.artefact === artefact) return undefined;
  return { name: `attempt ${found.attempt}`, output: found.output };
}

function reasons({ approval, record }: Case, now: number): Markup {
  const { artefact, because, audit, openedAt, digest } = approval;
  const judged = record.judgements.filter((judgement) => judgement.artefact === artefact);
  const author = record.attempts.find((attempt) => attempt.artefact === artefact)?.author;
  return html`<section class="card" aria-labelledby="input">
      <h2 id="input">What it answers</h2>
      ${record.input === undefined ? html`<p class="muted">The input is not there any more.</p>` : fieldsOf(record.input)}
    </section>
    <section class="card" aria-labelledby="why">
      <h2 id="why">Why a person is asked</h2>
      ${shown(because, 800)}
      <p class="muted small">
        ${audit && html`Drawn for an audit: it could have acted alone. `}Made by ${shownLine(author ?? 'a person', 80)},
        asked ${ago(openedAt, now)}.
      </p>
    </section>
    <section class="card" aria-labelledby="found">
      <h2 id="found">What the verifiers found</h2>
      ${judged.length === 0 && evidence([])}
      ${judged.map(({ author: by, verdict }) => html`${judged.length > 1 && html`<h3>${shownLine(by, 80)}</h3>`}${evidence(verdict.criteria, verdict.notAsked)}`)}
    </section>
    <section class="card" aria-labelledby="given">
      <h2 id="given">What it was given</h2>
      ${manifest(record.contexts.filter(({ stage }) => stageName(stage) === stageName(approval.stage)))}
    </section>
    <section class="card" aria-labelledby="bound">
      <h2 id="bound">What a decision is bound to</h2>
      <p class="small">
        <span class="mono">${digest}</span><br /><span class="muted"
          >over the run, the gate, what is shown here, its effects and the harness. Another version has another.</span
        >
      </p>
      ${versions(approval, record)}
    </section>`;
}

function versions({ digest, gate }: Approval, { gates }: RunRecord): Markup | string {
  const own = gates.filter((one) => one.gate === gate);
  if (own.length < 2) return '';
  return html`<ol class="values">
    ${own.map(
      (one) =>
        html`<li>
          ${one.digest === digest ? html`<span aria-current="true" class="mono">${digestPrefix(one.digest)}</span>` : html`<a class="mono" href="${approvalPath(one.digest)}">${digestPrefix(one.digest)}</a>`}
          ${approvalBadge(one.state)} <span class="muted">${clock(one.openedAt)}</span>
        </li>`,
    )}
  </ol>`;
}
