import { html } from 'hono/html';
import { QUESTIONS, type AskedCheck } from '../../../core/review/answers.ts';
import type { Markup } from './markup.ts';

/** The form that answers what is asked about a loop; nothing where `check` is not asked. */
export function answerForm(check: string, path: string, csrf: string): Markup | false {
  const question = QUESTIONS[check as AskedCheck] as string | undefined;
  if (question === undefined) return false;
  const id = check.replace('.', '-');
  return html`<form class="form" method="post" action="${path}">
    <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="check" value="${check}" />
    <div class="field">
      <label for="answer-${id}">${question.replaceAll('`', '')}</label>
      <input id="answer-${id}" name="answer" maxlength="500" required />
    </div>
    <div class="field">
      <label for="note-${id}">Note on ${check}, if there is more to say</label>
      <input id="note-${id}" name="note" maxlength="2000" />
    </div>
    <div class="actions"><button type="submit">Answer ${check}</button></div>
  </form>`;
}
