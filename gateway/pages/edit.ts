import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { readAnswer } from '../../core/form/answers.ts';
import { formOf, type Form } from '../../core/form/fields.ts';
import { demand, type Visited } from '../visitor.ts';
import { caseOf, noApproval, type Case } from './case.ts';
import { bound } from './decide-panel.ts';
import { seeOther, sendDecision } from './decide.ts';
import type { Said } from './layout.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { parsedJson } from '../../core/json-text.ts';
import { fieldsOf } from './parts/fields.ts';
import { approvalPath } from './parts/run-words.ts';
import { schemaFields, type Filled } from './parts/schema-form.ts';
import { shownLine } from './parts/shown.ts';
import { mistakeList } from './mistake-list.ts';
import { refusedSaid } from './refused.ts';
import { sentFields } from './sent-fields.ts';

/** `GET`, `POST /approvals/<digest>/edit`: another version than the one that is shown, in a form of the output's schema. */
export function editRoutes(options: PageOptions): Hono<Visited> {
  return new Hono<Visited>()
    .use('/:digest/edit', demand('decide'))
    .get('/:digest/edit', async (context) => {
      const found = await caseOf(options, context.req.param('digest'));
      if (found === undefined) return await noApproval(context, options);
      return await answerForm(context, options, found, {});
    })
    .post('/:digest/edit', async (context) => {
      const found = await caseOf(options, context.req.param('digest'));
      return found === undefined ? await noApproval(context, options) : await edited(context, options, found);
    });
}

async function edited(context: Context, options: PageOptions, found: Case): Promise<Response> {
  const typed = await sentFields(context);
  const { form, value } = formFor(options, found);
  const read = readAnswer(form, typed, value);
  const { loop, stage, digest } = found.approval;
  const mistakes =
    read.kind === 'value' ? (options.workshop()?.mistakesIn(loop, stage, read.value) ?? []) : read.mistakes;
  const approve = typed.get('approve') === 'true';
  if (read.kind !== 'value' || mistakes.length > 0) {
    const list = mistakeList(mistakes);
    return await answerForm(context, options, found, {
      typed,
      mistakes,
      approve,
      said: { tone: 'bad', text: list },
      status: 422,
    });
  }
  const answer = await sendDecision(context, options, {
    digest,
    decision: 'revise',
    output: read.value,
    ...(approve ? { approve } : {}),
  });
  if (answer.kind === 'decided') return seeOther(context, digest, 'edited');
  return await answerForm(context, options, found, { typed, approve, ...refusedSaid(answer) });
}

function formFor(
  { workshop }: PageOptions,
  { approval, output }: Case,
): { readonly form: Form; readonly value: unknown } {
  const value = output === undefined ? undefined : parsedJson(output);
  return { form: formOf(workshop()?.outputOf(approval.loop, approval.stage) ?? {}, value), value };
}

interface EditAnswer extends Omit<Filled, 'value'> {
  readonly said?: Said;
  readonly approve?: boolean;
  readonly status?: ContentfulStatusCode;
}

async function answerForm(
  context: Context,
  options: PageOptions,
  found: Case,
  { said, approve = true, status = 200, ...filled }: EditAnswer,
): Promise<Response> {
  const { approval } = found;
  const { form, value } = formFor(options, found);
  const path = approvalPath(approval.digest);
  const title = `Edit ${approval.workflowId}`;
  const body = html`<p class="crumb">
      <a href="/">Inbox</a> › <a href="${path}">${shownLine(approval.workflowId, 80)}</a>
    </p>
    <h1>${shownLine(title, 160)}</h1>
    <form class="card form" method="post" action="${path}/edit">
      ${bound(approval, visitorOf(context))} ${schemaFields(form, { ...filled, value })}
      <input type="hidden" name="approve" value="false" />
      <label class="switch field"
        ><input type="checkbox" name="approve" value="true" ${approve && html`checked`} />
        <span>Approve it with that, if the verifiers pass it</span></label
      >
      <div class="actions">
        <button class="main" type="submit">Send this version</button>
        <a class="button" href="${path}">Cancel</a>
      </div>
    </form>
    <section class="card" aria-labelledby="input">
      <h2 id="input">What it answers</h2>
      ${found.record.input === undefined ? html`<p class="muted">The input is not there any more.</p>` : fieldsOf(found.record.input)}
    </section>`;
  return await answerPage(context, options, { frame: { title, section: 'inbox', said }, body, status });
}
