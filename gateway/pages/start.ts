import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import { readAnswer } from '../../core/form/answers.ts';
import { formOf } from '../../core/form/fields.ts';
import { demand, type Visited } from '../visitor.ts';
import type { FieldMistake, LoopSheet } from '../workshop.ts';
import { mistakeList } from './mistake-list.ts';
import { missingPage } from './missing.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { loopPath } from './parts/run-words.ts';
import { schemaFields } from './parts/schema-form.ts';
import { shownLine } from './parts/shown.ts';
import { sentFields } from './sent-fields.ts';

/** `GET`, `POST /loops/<name>/start`: starts a run with what a form of the loop's input schema was answered with. */
export function startPages(options: PageOptions): Hono<Visited> {
  return new Hono<Visited>()
    .use('/:name/start', demand('start'))
    .get('/:name/start', async (context) => {
      const sheet = sheetOf(options, context.req.param('name'));
      if (sheet === undefined) return await noLoop(context, options);
      return await answerForm(context, options, sheet, { key: randomUUID() });
    })
    .post('/:name/start', async (context) => {
      const sheet = sheetOf(options, context.req.param('name'));
      return sheet === undefined ? await noLoop(context, options) : await started(context, options, sheet);
    });
}

function sheetOf({ workshop }: PageOptions, name: string): LoopSheet | undefined {
  return workshop()
    ?.loops()
    .find((one) => one.name === name);
}

async function noLoop(context: Context, options: PageOptions): Promise<Response> {
  return await missingPage(
    context,
    options,
    `The loop “${context.req.param('name') ?? ''}” does not run here, so nothing can be started.`,
  );
}

async function started(context: Context, options: PageOptions, sheet: LoopSheet): Promise<Response> {
  const typed = await sentFields(context);
  const key = /^[\w-]{8,64}$/.exec(typed.get('key') ?? '')?.[0] ?? randomUUID();
  const dryRun = typed.get('dryRun') === 'true';
  const read = readAnswer(formOf(sheet.input), typed);
  if (read.kind !== 'value')
    return await answerForm(context, options, sheet, { key, typed, dryRun, mistakes: read.mistakes });
  const { name } = visitorOf(context);
  const trigger = { kind: 'manual', source: 'dashboard', by: name } as const;
  const runOptions = { requestedBy: name, trigger, ...(dryRun ? { dryRun } : {}) };
  const answer = await options.workshop()?.start(sheet.name, { key, input: read.value, options: runOptions });
  if (answer === undefined || answer.kind === 'refused')
    return await answerForm(context, options, sheet, { key, typed, dryRun, mistakes: answer?.mistakes ?? [] });
  return context.redirect(
    `/runs/${encodeURIComponent(answer.workflowId)}${answer.alreadyRunning ? '?done=running' : ''}`,
    303,
  );
}

interface StartForm {
  /** Names the run where the input names no work, so that a form that is sent twice starts one. */
  readonly key: string;
  readonly typed?: ReadonlyMap<string, string>;
  readonly dryRun?: boolean;
  readonly mistakes?: readonly FieldMistake[];
}

async function answerForm(
  context: Context,
  options: PageOptions,
  sheet: LoopSheet,
  { key, typed, dryRun = false, mistakes }: StartForm,
): Promise<Response> {
  const { csrf = '' } = visitorOf(context);
  const path = loopPath(sheet.name);
  const title = `Start ${sheet.name}`;
  const body = html`<p class="crumb"><a href="/loops">Loops</a> › <a href="${path}">${shownLine(sheet.name, 80)}</a></p>
    <h1>${title}</h1>
    <form class="card form" method="post" action="${path}/start">
      <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="key" value="${key}" />
      ${schemaFields(formOf(sheet.input), { typed, ...(mistakes === undefined ? {} : { mistakes }) })}
      <input type="hidden" name="dryRun" value="false" />
      <label class="switch field"
        ><input type="checkbox" name="dryRun" value="true" ${dryRun && html`checked`} />
        <span>Dry run: everything but its effects</span></label
      >
      <div class="actions">
        <button class="main" type="submit">Start</button>
        <a class="button" href="${path}">Cancel</a>
      </div>
    </form>`;
  const said = mistakes === undefined ? undefined : ({ tone: 'bad', text: mistakeList(mistakes) } as const);
  return await answerPage(context, options, {
    frame: { title, section: 'loops', said },
    body,
    status: mistakes === undefined ? 200 : 422,
  });
}
