import { Hono } from 'hono';
import { html } from 'hono/html';
import type { RunRecord } from '../../contract/run-record.ts';
import { isPending } from '../../core/pending.ts';
import { assertNever } from '../../core/assert-never.ts';
import { dollars, span } from '../../core/figures.ts';
import { phasesOf } from '../../core/story/phases.ts';
import type { Ending, Story, TemporalFacts } from '../../core/story/story.ts';
import { storyOf } from '../../core/story/tell.ts';
import { answerPage, type PageOptions } from './page.ts';
import type { Said } from './layout.ts';
import { missingPage } from './missing.ts';
import { badge, OUTCOME_WORDS } from './parts/badge.ts';
import { eventRow } from './parts/event-row.ts';
import { facts } from './parts/facts.ts';
import { fieldsOf, rawJson } from './parts/fields.ts';
import type { Markup } from './parts/markup.ts';
import { approvalPath, loopPath, runPath, TRIGGER_WORDS } from './parts/run-words.ts';
import { timeShare } from './parts/share.ts';
import { shown, shownLine } from './parts/shown.ts';
import { ago, clock } from './parts/time.ts';

/** How long Temporal is waited for, in milliseconds: the record tells most of it. */
const PATIENCE_MS = 1500;

/** `GET /runs/<workflow id>?run=<key>`: a run's life, a row a phase. */
export function runPage(options: PageOptions): Hono {
  return new Hono().get('/:id', async (context) => {
    const id = context.req.param('id');
    const key = context.req.query('run');
    const record = await options.store.records.find({ run: id, ...(key ? { runId: key } : {}) });
    const story = storyOf(record, await temporalFacts(options, id, record));
    if (story === undefined) return await missingPage(context, options, `There is no run “${id}” on record.`);
    const ui = options.workshop()?.uiOf(story.workflowId, story.firstRunId);
    return await answerPage(context, options, {
      frame: {
        title: story.workflowId,
        section: 'runs',
        about: story.runKey,
        said: running(context.req.query('done')),
      },
      body: page(story, { now: options.now(), ui, gate: openGate(record) }),
    });
  });
}

/** Said to who started what was started already. */
function running(done: string | undefined): Said | undefined {
  return done === 'running' ? { tone: 'warn', text: 'It was started before: nothing was started now.' } : undefined;
}

/** Only a run that is not closed on record has news in Temporal. */
async function temporalFacts(
  { workshop }: PageOptions,
  workflowId: string,
  record: RunRecord | undefined,
): Promise<TemporalFacts> {
  if (record?.run.outcome !== undefined) return { kind: 'unreachable', why: 'not asked' };
  const asked = workshop()?.factsOf({
    workflowId,
    ...(record === undefined ? {} : { firstRunId: record.run.firstRunId }),
  });
  if (asked === undefined) return { kind: 'unreachable', why: 'no worker runs here' };
  const late = new Promise<TemporalFacts>((resolve) => {
    setTimeout(() => resolve({ kind: 'unreachable', why: 'it did not answer in time' }), PATIENCE_MS).unref();
  });
  return await Promise.race([asked, late]);
}

function openGate(record: RunRecord | undefined): string | undefined {
  return record?.gates.findLast(({ state }) => isPending(state))?.digest;
}

interface Around {
  readonly now: number;
  readonly ui: string | undefined;
  readonly gate: string | undefined;
}

function page(story: Story, { now, ui, gate }: Around): Markup {
  const { workflowId, loop, began, ended, cost, lessons, others } = story;
  const phases = phasesOf(story, now);
  let passed = 0;
  const rows = phases.rows.map((phase) => eventRow(phase, (passed += phase.tookMs)));
  return html`<p class="crumb"><a href="/runs">Runs</a> › <a href="${loopPath(loop)}">${shownLine(loop, 60)}</a></p>
    <div data-part="run">
      <div class="head">
        <h1>${shownLine(workflowId, 120)}</h1>
        <div>${endBadge(ended)}</div>
      </div>
      ${endText(ended, now)} ${notes(story)}
      ${facts([
        [
          'Started',
          html`${ago(began.at, now)}${began.trigger !== undefined && html`, ${TRIGGER_WORDS[began.trigger.kind]}`}`,
        ],
        ['By', who(began.trigger)],
        ['Attempts', story.events.filter(({ kind }) => kind === 'attempt').length],
        ['Cost', cost && html`${dollars(cost.microUsd)} <span class="muted">of ${dollars(cost.budgetMicroUsd)}</span>`],
        ['Harness', began.harness],
        ['Work', began.workKey && shownLine(began.workKey, 80)],
      ])}
      <p class="links actions">
        ${gate !== undefined && html`<a href="${approvalPath(gate)}" data-open>Decide</a>`}
        ${ui !== undefined && html`<a href="${ui}">In the Temporal UI</a>`}
      </p>
      <section class="card" aria-labelledby="life">
        <h2 id="life">What happened</h2>
        ${timeShare(phases)}
        ${
          rows.length === 0
            ? html`<p class="muted">Nothing yet.</p>`
            : html`<ol class="timeline">
                ${rows}
              </ol>`
        }
      </section>
      ${inputCard(story)} ${lessonsCard(lessons)} ${othersCard(others)}
    </div>`;
}

function who(trigger: Story['began']['trigger']): Markup | undefined {
  const name = trigger?.by ?? trigger?.source;
  return name === undefined ? undefined : shownLine(name, 80);
}

/** What the story notes for commands is not for pages: other runs are listed below, and a closed run needs no Temporal. */
function notes({ notes: said, ended }: Story): Markup[] {
  return said
    .filter((note) => !note.includes('--run-id') && !(ended.kind === 'closed' && note.startsWith('Temporal could not')))
    .map((note) => html`<p class="muted">${shownLine(note, 400)}</p>`);
}

function endBadge(ended: Ending): Markup {
  switch (ended.kind) {
    case 'closed': {
      const words = OUTCOME_WORDS[ended.outcome as keyof typeof OUTCOME_WORDS];
      return badge(...words);
    }
    case 'failed':
      return badge('bad', 'failed');
    case 'gone':
      return badge('bad', ended.status.toLowerCase());
    case 'waiting':
      return badge('wait', 'waits for a person');
    case 'short':
      return badge('wait', 'waits for money');
    case 'running':
      return badge('work', 'at work');
    case 'unknown':
      return badge('warn', 'not known');
    default:
      return assertNever(ended);
  }
}

function endText(ended: Ending, now: number): Markup | string {
  switch (ended.kind) {
    case 'closed':
      return html`<p>${shownLine(ended.reason, 600)} <span class="muted">Closed ${ago(ended.at, now)}.</span></p>`;
    case 'failed':
      return html`<p>${shownLine(ended.type, 80)}: ${shown(ended.message, 600)}</p>`;
    case 'waiting':
      return html`<p>Waits because ${shownLine(ended.because, 400)}.</p>`;
    case 'short': {
      const { live } = ended;
      const command = live?.raiseCommand === undefined ? '' : html`<code>${shownLine(live.raiseCommand, 400)}</code>`;
      return html`<p>The next call would pass a cap. Somebody raises it, or the run ends. ${command}</p>`;
    }
    case 'unknown':
      return html`<p>${shownLine(ended.why, 400)}.</p>`;
    case 'running':
    case 'gone':
      return '';
    default:
      return assertNever(ended);
  }
}

function inputCard({ began: { input } }: Story): Markup {
  return html`<section class="card" aria-labelledby="input">
    <h2 id="input">What it was started with</h2>
    ${input === undefined ? html`<p class="muted">It is not there any more.</p>` : html`${fieldsOf(input)} ${rawJson(input, 'As JSON')}`}
  </section>`;
}

function lessonsCard(lessons: Story['lessons']): Markup | string {
  if (lessons.length === 0) return '';
  return html`<section class="card" aria-labelledby="lessons">
    <h2 id="lessons">What it taught</h2>
    <ul class="evidence">
      ${lessons.map(
        ({ id, kind, text, source, by }) =>
          html`<li>
            <div class="criterion">
              <strong>#${id} ${shownLine(kind, 40)}</strong>
              <span class="muted"
                >from ${shownLine(source, 40)}${by !== undefined && html`, ${shownLine(by, 80)}`}</span
              >
            </div>
            ${shown(text, 400)}
          </li>`,
      )}
    </ul>
  </section>`;
}

function othersCard(others: Story['others']): Markup | string {
  if (others.length === 0) return '';
  return html`<section class="card" aria-labelledby="others">
    <h2 id="others">Other runs under this id</h2>
    <ul class="values">
      ${others.map(
        (run) =>
          html`<li>
            <a href="${runPath(run)}">${clock(run.openedAt)}</a> ${run.outcome ?? run.state}, took
            ${span((run.closedAt ?? run.openedAt) - run.openedAt)}
          </li>`,
      )}
    </ul>
  </section>`;
}
