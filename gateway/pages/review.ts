import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import type { LoopEvidence } from '../../contract/loop-evidence.ts';
import { SHOWN_PARTS } from '../../contract/loop-evidence.ts';
import { answerMistake, QUESTIONS } from '../../core/review/answers.ts';
import { PARTS, type CheckResult, type Part, type Review } from '../../core/review/result.ts';
import { evidenceOf } from '../loop-evidence.ts';
import { levelOf, type LoopLevel } from '../loop-level.ts';
import { demand, type Visited } from '../visitor.ts';
import { missingPage } from './missing.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { answerForm } from './parts/answer-form.ts';
import { badge, type Tone } from './parts/badge.ts';
import { levelWords } from './parts/level.ts';
import type { Markup } from './parts/markup.ts';
import { loopPath } from './parts/run-words.ts';
import { shownItem } from './parts/shown-item.ts';
import { shownLine } from './parts/shown.ts';
import { sentFields } from './sent-fields.ts';

/** `GET`, `POST /loops/<name>/review`: what is weak about a loop and what its runs show, and answers to what cannot be measured. */
export function reviewPage(options: PageOptions): Hono<Visited> {
  return new Hono<Visited>()
    .get('/:name/review', (context) => show(context, options))
    .post('/:name/review', demand('decide'), async (context) => {
      const fields = await sentFields(context);
      const [check, answer, note] = ['check', 'answer', 'note'].map((field) => (fields.get(field) ?? '').trim());
      const wrong = answerMistake(check ?? '', answer ?? '');
      if (wrong !== undefined) return await show(context, options, wrong);
      const loop = context.req.param('name');
      const said = { loop, check: check ?? '', answer: (answer ?? '').slice(0, 500), by: visitorOf(context).name };
      const more = note === undefined || note === '' ? {} : { note: note.slice(0, 2000) };
      await options.store.reviewAnswers.add({ ...said, ...more, at: options.now() });
      return context.redirect(`${loopPath(loop)}/review`, 303);
    });
}

async function show(context: Context, options: PageOptions, mistake?: string): Promise<Response> {
  const name = context.req.param('name') ?? '';
  const { store, now } = options;
  const known = (await store.loopBook.names()).includes(name);
  if (!known) return await missingPage(context, options, `There is no loop “${name}” on record.`);
  const [answers, current] = await Promise.all([store.reviewAnswers.newest(name), store.harnesses.current(name)]);
  const [review, evidence, level] = await Promise.all([
    options.workshop()?.review(name, current?.body, answers, now()),
    evidenceOf(store, name, now()),
    levelOf(store, name),
  ]);
  const may = visitorOf(context).scopes.includes('decide');
  const csrf = may ? (visitorOf(context).csrf ?? '') : undefined;
  const body = html`<p class="crumb">
      <a href="/loops">Loops</a> › <a href="${loopPath(name)}">${shownLine(name, 80)}</a>
    </p>
    <h1>Review of ${shownLine(name, 80)}</h1>
    <p>
      ${review === undefined ? 'It does not run here, so its definition is not looked at.' : `${review.done} of ${review.total} checks done.`}
      Its newest ${evidence.runs} closed runs were looked at.
    </p>
    ${autonomyCard(level, evidence)}
    ${PARTS.map((part) => partCard(part, { review, evidence, path: `${loopPath(name)}/review`, csrf }))}`;
  return await answerPage(context, options, {
    frame: {
      title: `Review of ${name}`,
      section: 'loops',
      said: mistake === undefined ? undefined : { tone: 'bad', text: html`${shownLine(mistake, 600)}` },
    },
    body,
    status: mistake === undefined ? 200 : 422,
  });
}

function autonomyCard(level: LoopLevel | undefined, { audited }: LoopEvidence): Markup {
  const decided = `People accepted ${audited.accepted} of ${audited.decided} audited outputs as they were.`;
  return html`<section class="card" aria-labelledby="autonomy">
    <h2 id="autonomy">What it may do by itself</h2>
    <p>${levelWords(level)} ${decided}</p>
  </section>`;
}

interface Around {
  readonly review: Review | undefined;
  readonly evidence: LoopEvidence;
  readonly path: string;
  /** Of a visitor who may answer. */
  readonly csrf: string | undefined;
}

function partCard(part: Part, { review, evidence, path, csrf }: Around): Markup {
  const checks = review?.checks.filter((check) => check.part === part) ?? [];
  const shown = evidence.shown.filter(({ name }) => SHOWN_PARTS[name] === part);
  return html`<section class="card" aria-labelledby="part-${part}">
    <h2 id="part-${part}">${part}</h2>
    <ul class="evidence">
      ${checks.map((check) => checkItem(check, path, csrf))} ${shown.map((one) => shownItem(one, path, csrf))}
    </ul>
  </section>`;
}

const STATES: Readonly<Record<CheckResult['state'], readonly [Tone, string]>> = {
  done: ['good', 'done'],
  open: ['bad', 'open'],
  asked: ['wait', 'a person has to say'],
};

function checkItem(check: CheckResult, path: string, csrf: string | undefined): Markup {
  const asked = check.check in QUESTIONS && check.seenIn === 'answers';
  return html`<li>
    <div class="criterion">${badge(...STATES[check.state])} <strong>${check.check}</strong></div>
    <p>${shownLine(check.because, 600)}.</p>
    ${check.state === 'open' && html`<p>${shownLine(check.nextAction, 600)}</p>`}
    ${asked && csrf !== undefined && answerForm(check.check, path, csrf)}
  </li>`;
}
