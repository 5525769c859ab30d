import { Hono } from 'hono';
import { html } from 'hono/html';
import type { ExperimentReport } from '../../contract/experiment-report.ts';
import type { Experiment } from '../../contract/experiment.ts';
import { dollars, percent } from '../../core/figures.ts';
import { leftOut } from '../../core/learning/ablation.ts';
import { reportOf } from '../../core/learning/report.ts';
import { missingPage } from './missing.ts';
import { answerPage, type PageOptions } from './page.ts';
import { experimentBadge } from './parts/badge.ts';
import { experimentReport } from './parts/experiment-report.ts';
import { facts } from './parts/facts.ts';
import type { Markup } from './parts/markup.ts';
import { address } from './parts/pager.ts';
import { harnessPath, learningPath, lessonsPath, loopPath, runKeyPath } from './parts/run-words.ts';
import { shownLine } from './parts/shown.ts';
import { ago } from './parts/time.ts';

/** `GET /experiments/<id>`: what is known of versions that were held against cases. */
export function experimentPage(options: PageOptions): Hono {
  return new Hono().get('/:id', async (context) => {
    const id = context.req.param('id');
    const { experiments, grades } = options.store;
    const experiment = await experiments.find(id);
    if (experiment === undefined)
      return await missingPage(context, options, `There is no experiment “${id}” on record.`);
    const report = reportOf(experiment, await grades.of(id));
    return await answerPage(context, options, {
      frame: { title: titleOf(experiment), section: 'loops' },
      body: page(report, options.now()),
    });
  });
}

/** What experiments of a kind are called. */
const KINDS: Readonly<Record<Experiment['kind'], string>> = {
  eval: 'Eval',
  trial: 'Trial',
  watch: 'Watch',
  ablation: 'Ablation',
};

/** An experiment in words: `Trial of v3 against v1`, `Ablation of lesson #7 on v1`. */
export function titleOf(experiment: Experiment): string {
  const { kind, candidate, baseline } = experiment;
  const lesson = leftOut(experiment);
  if (lesson !== undefined) return `${KINDS[kind]} of lesson #${lesson} on ${candidate}`;
  return `${KINDS[kind]} of ${candidate}${baseline === undefined ? '' : ` against ${baseline}`}`;
}

const STATES: Readonly<Record<Experiment['state'], string>> = {
  running: 'runs its cases',
  parked: 'waits for new cases',
  closed: 'closed',
};

function page(report: ExperimentReport, now: number): Markup {
  const { experiment } = report;
  const { loop, because } = experiment;
  return html`<p class="crumb">
      <a href="/loops">Loops</a> › <a href="${loopPath(loop)}">${shownLine(loop, 80)}</a> ›
      <a href="${learningPath(loop)}">How it learns</a>
    </p>
    <div data-part="experiment">
      <div class="head">
        <h1>${titleOf(experiment)}</h1>
        <div>${experimentBadge(experiment)}</div>
      </div>
      <p>${shownLine(because, 1000)}</p>
      ${terms(report, now)}
      ${report.arms.every(({ graded }) => graded === 0) ? html`<p class="empty">No case has run yet.</p>` : experimentReport(report, runKeyPath)}
    </div>`;
}

/** Where two versions are held against each other, what is between them is a page of its own. */
function compared({ loop, baseline, candidate }: Experiment): Markup | string {
  if (baseline === undefined || baseline === candidate) return candidate;
  const path = address(harnessPath(loop), { from: baseline, to: candidate });
  return html`<a href="${path}#diff">${baseline} → ${candidate}</a>`;
}

/** A lesson on the page of its loop's lessons: those before the next one begin with it. */
function lessonLink(loop: string, lesson: number): Markup {
  return html`<a href="${address(lessonsPath(loop), { after: String(lesson + 1) })}">lesson #${lesson}</a>`;
}

function terms({ experiment, arms }: ExperimentReport, now: number): Markup {
  const { kind, state, change, widens, cluster, budgetMicroUsd, watermark, openedAt, closedAt, id, most, atLeast } =
    experiment;
  const lesson = leftOut(experiment);
  const spent = arms.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
  return facts([
    ['State', STATES[state]],
    ['Versions', compared(experiment)],
    ['Changes', change && html`${change}${widens && html` <span class="tag warn">widens</span>`}`],
    ['Is to mend', lesson === undefined ? cluster && shownLine(cluster, 120) : undefined],
    ['Leaves out', lesson && lessonLink(experiment.loop, lesson)],
    [
      kind === 'trial' ? 'Right of what is let through' : 'Has to pass',
      atLeast === undefined ? undefined : `${percent(atLeast)} at least`,
    ],
    ['At most', most === undefined ? undefined : `${most} cases`],
    ['Spent', html`${dollars(spent)} <span class="muted">of ${dollars(budgetMicroUsd)}</span>`],
    ['Knows lessons', watermark === 0 ? 'none' : `up to #${watermark}`],
    ['Began', ago(openedAt, now)],
    ['Ended', closedAt === undefined ? undefined : ago(closedAt, now)],
    ['Id', html`<span class="mono">${shownLine(id, 120)}</span>`],
  ]);
}
