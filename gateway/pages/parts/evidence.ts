import { html } from 'hono/html';
import type { Criterion, NotAsked } from '../../../contract/verdict.ts';
import { verdictBadge } from './badge.ts';
import type { Markup } from './markup.ts';
import { shown, shownLine } from './shown.ts';

/** Worst first: what speaks against it is read first. */
const ORDER: readonly Criterion['verdict'][] = ['fail', 'error', 'inconclusive', 'pass'];

/** What the verifiers found, each criterion with what it saw, and whose turn did not come. */
export function evidence(criteria: readonly Criterion[], notAsked: readonly NotAsked[] = []): Markup {
  if (criteria.length === 0 && notAsked.length === 0) return html`<p class="muted">Nobody has verified it.</p>`;
  const sorted = criteria.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return html`<ul class="evidence">
    ${sorted.map(
      ({ name, verdict, evidence: seen, opinion, question }) =>
        html`<li>
          <div class="criterion">
            ${verdictBadge(verdict)} <strong>${shownLine(name)}</strong>
            ${opinion === true && html`<span class="tag">an opinion</span>`}
          </div>
          ${shown(seen, 600)} ${question !== undefined && html`<p>It asks: ${shownLine(question, 600)}</p>`}
        </li>`,
    )}
    ${notAsked.map(
      ({ name, because }) =>
        html`<li>
          <div class="criterion"><span class="badge quiet">not asked</span> <strong>${shownLine(name)}</strong></div>
          ${shown(because, 600)}
        </li>`,
    )}
  </ul>`;
}
