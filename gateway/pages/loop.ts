import { Hono } from 'hono';
import { html } from 'hono/html';
import type { DecisionFigures, LoopFigures, VersionLine } from '../../contract/loop-figures.ts';
import type { Lesson } from '../../contract/lesson.ts';
import { OUTCOMES } from '../../contract/outcomes.ts';
import type { ScheduleLook } from '../../contract/schedules.ts';
import { dollars, span } from '../../core/figures.ts';
import { dayStart } from '../../core/schedules/day-budget.ts';
import { levelOf, type LoopLevel } from '../loop-level.ts';
import type { LoopSheet } from '../workshop.ts';
import { dayOf, perAccepted } from './loops.ts';
import { missingPage } from './missing.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { acceptance } from './parts/acceptance.ts';
import { badge, OUTCOME_WORDS } from './parts/badge.ts';
import { facts } from './parts/facts.ts';
import { rawJson } from './parts/fields.ts';
import { judgeCard } from './parts/judge-card.ts';
import { levelWords } from './parts/level.ts';
import type { Markup } from './parts/markup.ts';
import { meter } from './parts/meter.ts';
import { address } from './parts/pager.ts';
import { digestPrefix, harnessPath, learningPath, lessonsPath, loopPath } from './parts/run-words.ts';
import { shown, shownLine } from './parts/shown.ts';
import { ago, clock, left } from './parts/time.ts';
import { runTable } from './runs.ts';

/** Runs and lessons that a loop's page shows. */
const NEWEST = 8;

/** Decisions that are looked at for how people decide. */
const DECISIONS = 200;

/** Who approves nearly everything in less than this many milliseconds does not look. */
const HASTE_MS = 5000;

/** `GET /loops/<name>`: what a loop comes to, costs, has learnt and does next. */
export function loopPage(options: PageOptions): Hono {
  return new Hono().get('/:name', async (context) => {
    const name = context.req.param('name');
    const { loopBook, runs, scheduleLooks, judgeRecords } = options.store;
    const now = options.now();
    const [[figures], decisions, judges, versions, lessons, { runs: newest }, looks, spent, level] = await Promise.all([
      loopBook.figures(dayOf(now), name),
      loopBook.decisions(name, DECISIONS),
      judgeRecords.newest(name),
      loopBook.versions(name),
      loopBook.lessons(name, NEWEST),
      runs.list({ loop: name, limit: NEWEST }),
      scheduleLooks.all(),
      scheduleLooks.spentSince(dayStart(now)),
      levelOf(options.store, name),
    ]);
    if (figures === undefined) return await missingPage(context, options, `There is no loop “${name}” on record.`);
    const sheet = options
      .workshop()
      ?.loops()
      .find((one) => one.name === name);
    const mayStart = sheet !== undefined && visitorOf(context).scopes.includes('start');
    const body = html`<p class="crumb"><a href="/loops">Loops</a></p>
      <div class="head">
        <h1>${shownLine(name, 80)}</h1>
        <div class="actions">
          <a class="button" href="${learningPath(name)}">How it learns</a>
          ${mayStart && html`<a class="button" href="${loopPath(name)}/start">Start a run</a>`}
        </div>
      </div>
      <div data-part="loop">
        ${numbers(figures, sheet)} ${levelCard(name, level)} ${outcomeList(figures)} ${decisionCard(decisions)}
        ${judgeCard(judges, now)} ${scheduleCard(await ofLoop(options, name, looks), { spent, now })}
        <section class="card" aria-labelledby="newest">
          <div class="head">
            <h2 id="newest">Newest runs</h2>
            <a href="${address('/runs', { loop: name })}">All of them</a>
          </div>
          ${runTable(newest, now)}
        </section>
        ${lessonCard(name, lessons, now)} ${versionCard(name, versions, sheet)}
      </div>`;
    return await answerPage(context, options, { frame: { title: name, section: 'loops' }, body });
  });
}

/** Schedules of a loop. A look does not say whose it is: the runs that it started do, and before the first its name. */
async function ofLoop({ store }: PageOptions, loop: string, looks: readonly ScheduleLook[]): Promise<ScheduleLook[]> {
  const started = await store.loopBook.schedules(loop);
  return looks.filter(({ id }) => started.includes(id));
}

function numbers(figures: LoopFigures, sheet: LoopSheet | undefined): Markup {
  return facts([
    ['Accepted', acceptance(figures)],
    ['An accepted result', perAccepted(figures)],
    ['All in all', dollars(figures.costMicroUsd)],
    ['Today', meter(figures.todayMicroUsd, figures.capMicroUsd)],
    ['Harness', `v${figures.version}`],
    ['Review', html`<a href="${loopPath(figures.loop)}/review">What is weak, and what its runs show</a>`],
    ['Lessons', figures.lessons],
    ['Waits for people', html`<a href="${address('/approvals', { loop: figures.loop })}">${figures.waiting}</a>`],
    ['Stages', sheet && shownLine(sheet.stages.join(', '), 120)],
    ['Effects', sheet && (sheet.effects.length === 0 ? 'none' : shownLine(sheet.effects.join(', '), 120))],
  ]);
}

function levelCard(loop: string, level: LoopLevel | undefined): Markup {
  return html`<section class="card" aria-labelledby="level">
    <div class="head">
      <h2 id="level">What it may do by itself</h2>
      <a href="${loopPath(loop)}/review#autonomy">Its review</a>
    </div>
    <p>${levelWords(level)}</p>
  </section>`;
}

function outcomeList({ outcomes, open, loop }: LoopFigures): Markup {
  const some = OUTCOMES.filter((outcome) => (outcomes[outcome] ?? 0) > 0);
  if (some.length === 0 && open === 0) return html`<p class="empty">It has not run yet.</p>`;
  return html`<section class="card" aria-labelledby="outcomes">
    <h2 id="outcomes">How its runs ended</h2>
    <ul class="outcomes">
      ${some.map(
        (outcome) =>
          html`<li>
            <a href="${address('/runs', { loop, outcome })}"
              >${badge(...OUTCOME_WORDS[outcome])} <strong>${outcomes[outcome]}</strong></a
            >
          </li>`,
      )}
      ${
        open > 0 &&
        html`<li>
          <a href="${address('/runs', { loop, open: 'true' })}">${badge('work', 'open')} <strong>${open}</strong></a>
        </li>`
      }
    </ul>
  </section>`;
}

function decisionCard({ approved, edited, rejected, medianMs }: DecisionFigures): Markup | string {
  const all = approved + edited + rejected;
  if (all === 0 || medianMs === undefined) return '';
  const blind = all >= 20 && approved / all > 0.95 && medianMs < HASTE_MS;
  return html`<section class="card" aria-labelledby="people">
    <h2 id="people">How people decide</h2>
    <p>
      Of the newest ${all}: ${approved} approved, ${edited} edited, ${rejected} rejected; half of them within
      ${span(medianMs)}.
    </p>
    ${blind && html`<p class="late">Nearly all are approved within seconds: nobody may be looking. Ask less often, or for a second approval.</p>`}
  </section>`;
}

function scheduleCard(
  looks: readonly ScheduleLook[],
  { spent, now }: { readonly spent: ReadonlyMap<string, number>; readonly now: number },
): Markup | string {
  if (looks.length === 0) return '';
  return html`<section class="card" aria-labelledby="schedules">
    <h2 id="schedules">Schedules</h2>
    <div class="scroll" role="region" aria-label="Schedules" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Schedule</th>
            <th scope="col">Next run</th>
            <th scope="col" class="right">Missed</th>
            <th scope="col" class="right">Today</th>
          </tr>
        </thead>
        <tbody>
          ${looks.map(
            (look) =>
              html`<tr>
                <th scope="row">${shownLine(look.id, 80)}</th>
                <td>${nextRun(look, now)}</td>
                <td class="right">${look.missed}</td>
                <td class="right">${meter(spent.get(look.id) ?? 0, look.budgetMicroUsd)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function nextRun({ expected, pausedAt, alertAfterMs }: ScheduleLook, now: number): Markup {
  if (pausedAt !== undefined) return html`${badge('quiet', 'paused')} ${ago(pausedAt, now)}`;
  if (expected === undefined) return html`<span class="muted">none</span>`;
  if (expected + alertAfterMs < now)
    return html`${badge('bad', 'late')} <span class="late">should have run ${ago(expected, now)}</span>`;
  return html`${clock(expected)} <span class="muted">${left(expected, now)}</span>`;
}

function lessonCard(loop: string, lessons: readonly Lesson[], now: number): Markup | string {
  if (lessons.length === 0) return '';
  return html`<section class="card" aria-labelledby="lessons">
    <div class="head">
      <h2 id="lessons">Newest lessons</h2>
      <a href="${lessonsPath(loop)}">All of them, and what went wrong</a>
    </div>
    <ul class="evidence">
      ${lessons.map(
        ({ id, kind, source, text, by, createdAt }) =>
          html`<li>
            <div class="criterion">
              <strong>#${id} ${kind}</strong>
              <span class="muted"
                >from ${source}${by !== undefined && html`, ${shownLine(by, 80)}`}, ${ago(createdAt, now)}</span
              >
            </div>
            ${shown(text, 300)}
          </li>`,
      )}
    </ul>
  </section>`;
}

function versionCard(loop: string, versions: readonly VersionLine[], sheet: LoopSheet | undefined): Markup {
  return html`<section class="card" aria-labelledby="versions">
    <div class="head">
      <h2 id="versions">Harness</h2>
      <a href="${harnessPath(loop)}">Versions, moves, the way back</a>
    </div>
    <ol class="values plain">
      ${versions.slice(0, NEWEST).map(
        ({ version, source, digest, promoted, at }) =>
          html`<li>
            v${version} <span class="muted">from ${source}, ${clock(at)}</span>
            <span class="mono">${digestPrefix(digest)}</span>
            ${!promoted && html`<span class="tag">never promoted</span>`}
          </li>`,
      )}
    </ol>
    ${sheet !== undefined && rawJson(JSON.stringify(sheet.harness), 'What the file of this worker says')}
  </section>`;
}
