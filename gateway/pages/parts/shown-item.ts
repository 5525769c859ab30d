import { html } from 'hono/html';
import type { Severity, Shown } from '../../../contract/loop-evidence.ts';
import { answerForm } from './answer-form.ts';
import { badge, type Tone } from './badge.ts';
import type { Markup } from './markup.ts';
import { runPath } from './run-words.ts';
import { shownLine } from './shown.ts';

const SEVERITIES: Readonly<Record<Severity, Tone>> = { critical: 'bad', warning: 'warn', note: 'quiet' };

/** What runs show, as a line of a review; with a form where a person has to say, or has said. */
export function shownItem(one: Shown, path: string, csrf: string | undefined): Markup {
  const form = 'check' in one && one.check !== undefined && csrf !== undefined && answerForm(one.check, path, csrf);
  if (one.state === 'asked')
    return html`<li>
      <div class="criterion">${badge('wait', 'a person has to say')} <strong>${one.name}</strong></div>
      <p>${shownLine(one.because, 1000)}.</p>
      ${form}
    </li>`;
  if (one.state === 'tooFew')
    return html`<li>
      <div class="criterion">${badge('quiet', 'not enough yet')} <strong>${one.name}</strong></div>
      <p>${one.have} of ${one.need} ${one.of}.</p>
    </li>`;
  if (one.state === 'clear')
    return html`<li>
      <div class="criterion">${badge('good', 'nothing wrong')} <strong>${one.name}</strong></div>
      <p>${shownLine(one.because, 600)}.</p>
      ${form}
    </li>`;
  return html`<li>
    <div class="criterion">${badge(SEVERITIES[one.severity], one.severity)} <strong>${one.name}</strong></div>
    <p>${shownLine(one.because, 1000)}. ${shownLine(one.nextAction, 600)}</p>
    ${
      one.runs.length > 0 &&
      html`<details>
        <summary>Runs behind ${one.name}</summary>
        <ul class="plain">
          ${one.runs.map((run) => html`<li><a href="${runPath(run)}">${shownLine(run.workflowId, 80)}</a></li>`)}
        </ul>
      </details>`
    }
    ${form}
  </li>`;
}
