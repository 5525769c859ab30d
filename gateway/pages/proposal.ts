import { html } from 'hono/html';
import { IMPROVE } from '../../contract/names.ts';
import { Proposal } from '../../contract/proposal.ts';
import { parsedJson } from '../../core/json-text.ts';
import { partsOfDiff } from '../../core/learning/marked-diff.ts';
import { effortLines, worthOf } from '../../core/learning/proposal-words.ts';
import type { Case } from './case.ts';
import { badge } from './parts/badge.ts';
import { changedWords } from './parts/diff.ts';
import { facts } from './parts/facts.ts';
import type { Markup } from './parts/markup.ts';
import { experimentPath, learningPath } from './parts/run-words.ts';
import { shown, shownLine } from './parts/shown.ts';

/** The change of a harness that an approval is about; undefined where it is about something else. */
export function proposalIn({
  approval,
  output,
}: { readonly output?: string | undefined } & Pick<Case, 'approval'>): Proposal | undefined {
  if (approval.loop !== IMPROVE || output === undefined) return undefined;
  return Proposal.safeParse(parsedJson(output)).data;
}

/** A proposal as whoever decides has to see it: what changes, what speaks for it, and every case that it breaks. */
export function proposalView(proposal: Proposal): Markup {
  const { loop, kind, base, version, widens, manifest, experiment, diff, because, breaks, fixes } = proposal;
  return html`<p><strong>${shownLine(manifest.summary, 2000)}</strong></p>
    ${widens && html`<p class="warning">${badge('warn', 'It lets the loop do more by itself than before')}</p>`}
    ${facts([
      ['Loop', html`<a href="${learningPath(loop)}">${shownLine(loop, 80)}</a>`],
      ['Version', `${base} → ${version}`],
      ['Changes', kind],
      ['Is to mend', manifest.cluster && shownLine(manifest.cluster, 200)],
      ['Proposed by', shownLine(manifest.proposer, 120)],
    ])}
    <h3>The change</h3>
    <div class="text diff" dir="auto">${changedWords(partsOfDiff(diff))}</div>
    <h3>What speaks for it</h3>
    <p>${shownLine(because, 2000)}</p>
    <p class="muted">${worthOf(proposal)}</p>
    <div class="scroll" role="region" aria-label="Slices" tabindex="0">${sliceTable(proposal)}</div>
    <p class="links"><a href="${experimentPath(experiment)}">All of the trial</a></p>
    <h3>What it breaks</h3>
    ${breaks.length === 0 ? html`<p>${badge('good', 'None of the cases that were tried')}</p>` : caseList(breaks)}
    <h3>What it mends</h3>
    ${
      fixes.length === 0
        ? html`<p class="muted">Nothing.</p>`
        : html`<details>
            <summary>${fixes.length} case${fixes.length === 1 ? '' : 's'}</summary>
            ${caseList(fixes)}
          </details>`
    }
    <h3>What it costs</h3>
    <div class="scroll" role="region" aria-label="Costs" tabindex="0">${effortTable(proposal)}</div>
    <h3>Risks that it names</h3>
    ${
      manifest.risks.length === 0
        ? html`<p class="muted">None.</p>`
        : html`<ul class="values">
            ${manifest.risks.map((risk) => html`<li>${shown(risk, 600)}</li>`)}
          </ul>`
    }`;
}

function sliceTable({ slices }: Proposal): Markup {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Slice</th>
        <th scope="col" class="right">Cases</th>
        <th scope="col" class="right">No result</th>
        <th scope="col" class="right">Mends</th>
        <th scope="col" class="right">Breaks</th>
      </tr>
    </thead>
    <tbody>
      ${slices.map(
        (one) =>
          html`<tr>
            <th scope="row">${one.slice}</th>
            <td class="right">${one.cases}</td>
            <td class="right">${one.missing}</td>
            <td class="right">${one.fixes}</td>
            <td class="right">${one.breaks}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function effortTable(proposal: Proposal): Markup {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Figure</th>
        <th scope="col" class="right">${proposal.base}</th>
        <th scope="col" class="right">${proposal.version}</th>
      </tr>
    </thead>
    <tbody>
      ${effortLines(proposal).map(
        ([name, before, after]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="right">${before}</td>
            <td class="right">${after}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function caseList(cases: Proposal['breaks']): Markup {
  return html`<ul class="evidence">
    ${cases.map(
      ({ caseId, slice, input, before, after }) =>
        html`<li>
          <div class="criterion"><strong>${shownLine(caseId, 80)}</strong> <span class="tag">${slice}</span></div>
          ${shown(input, 300)}
          <dl class="fields">
            <div>
              <dt>Before</dt>
              <dd>${shown(before, 300)}</dd>
            </div>
            <div>
              <dt>After</dt>
              <dd>${shown(after, 300)}</dd>
            </div>
          </dl>
        </li>`,
    )}
  </ul>`;
}
