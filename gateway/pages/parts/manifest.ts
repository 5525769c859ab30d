import { html } from 'hono/html';
import type { RunRecord } from '../../../contract/run-record.ts';
import type { Markup } from './markup.ts';
import { shownLine } from './shown.ts';

/** What a stage was given. */
type Given = RunRecord['contexts'][number];

/** Parts that are shown at once; of more, what came from outside is seen and the rest is a click away. */
const AT_ONCE = 8;

/** What the stages were given: each part with where it comes from, whether it is trusted, and why it is there. */
export function manifest(contexts: readonly Given[]): Markup {
  if (contexts.length === 0) return html`<p class="muted">What it was given is not on record.</p>`;
  return html`${contexts.map(stageTable)}`;
}

function stageTable(given: Given): Markup {
  const { parts, dropped } = given.manifest;
  if (parts.length + dropped.length <= AT_ONCE) return table(given, parts);
  const outside = parts.filter(({ trust: kind }) => kind === 'untrusted');
  return html`${outside.length > 0 && table(given, outside)}
    <details>
      <summary>Show all ${parts.length + dropped.length} parts, ${outside.length} of them from outside</summary>
      ${table(given, parts, true)}
    </details>`;
}

function table(
  { stage, manifest: { dropped, tokens, budgetTokens } }: Given,
  parts: Given['manifest']['parts'],
  all = false,
): Markup {
  const name = stage.replace(/#1$/, '');
  return html`<div
    class="scroll"
    role="region"
    aria-label="${all ? 'All of the context' : 'Context'} of stage ${name}"
    tabindex="0"
  >
    <table>
      <caption>
        Stage ${shownLine(name)}: ${tokens} of at most ${budgetTokens} tokens
      </caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">Trust</th>
          <th scope="col">Why it is there</th>
          <th scope="col" class="right">Tokens</th>
        </tr>
      </thead>
      <tbody>
        ${parts.map(
          (part) =>
            html`<tr>
              <th scope="row">${shownLine(part.source)}</th>
              <td>${trust(part.trust)}</td>
              <td>${shownLine(part.why)}${part.incomplete !== undefined && html`, ${shownLine(part.incomplete)}`}</td>
              <td class="right">${part.tokens}</td>
            </tr>`,
        )}
        ${dropped.map(
          (part) =>
            html`<tr class="dropped">
              <th scope="row">${shownLine(part.source)}</th>
              <td>left out</td>
              <td>${shownLine(part.why)}</td>
              <td class="right">${part.tokens}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function trust(kind: 'trusted' | 'untrusted'): Markup {
  return kind === 'trusted'
    ? html`<span class="tag">trusted</span>`
    : html`<span class="tag outside">from outside</span>`;
}
