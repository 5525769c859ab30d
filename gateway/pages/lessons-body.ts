import { html } from 'hono/html';
import type { Visitor } from '../../contract/access.ts';
import type { Cluster } from '../../contract/cluster.ts';
import { LESSON_STATES, type KeptLesson, type LessonState } from '../../contract/kept-lesson.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { worthOf } from '../../core/learning/worth.ts';
import { badge, type Tone } from './parts/badge.ts';
import { cardsTable } from './parts/cards-table.ts';
import { filterForm } from './parts/filter.ts';
import type { Markup } from './parts/markup.ts';
import { address, pager } from './parts/pager.ts';
import { experimentPath, harnessPath, lessonsPath, loopPath } from './parts/run-words.ts';
import { shown, shownLine } from './parts/shown.ts';
import { ago } from './parts/time.ts';

/** What a loop has learnt, and in which ways it went wrong. */
export interface Learnt {
  readonly loop: string;
  readonly clusters: readonly Cluster[];
  readonly lessons: readonly KeptLesson[];
}

/** What of it is looked at, by whom and when. */
export interface LookingAt {
  readonly state: LessonState | undefined;
  readonly cluster: string | undefined;
  /** Lessons before this one; those before `next` are the next page. */
  readonly after: number | undefined;
  readonly next: number | undefined;
  readonly visitor: Visitor;
  readonly now: number;
}

/** How a lesson stands, in words. */
const STATES: Readonly<Record<LessonState, readonly [Tone, string, string]>> = {
  active: ['good', 'active', 'Runs that are opened now know it'],
  needsReview: [
    'wait',
    'needs review',
    'Its words came from outside: no proposal may use them until a person has read it',
  ],
  retired: ['quiet', 'retired', 'No run that is opened now knows it'],
};

/** Longest input or output that is shown at once, in characters. */
const LONGEST = 600;

/** The page with a loop's clusters and lessons. */
export function lessonsBody({ loop, clusters, lessons }: Learnt, looking: LookingAt): Markup {
  const { state, cluster, after, next, visitor } = looking;
  const path = lessonsPath(loop);
  const named = [...new Set([...clusters.map((one) => one.cluster), ...(cluster === undefined ? [] : [cluster])])];
  return html`<p class="crumb"><a href="/loops">Loops</a> › <a href="${loopPath(loop)}">${shownLine(loop, 80)}</a></p>
    <h1>Lessons of ${shownLine(loop, 80)}</h1>
    ${clusterCard(loop, clusters, looking.now)}
    ${filterForm(path, [
      { name: 'state', label: 'Stands', value: state, options: [['', 'all'], ...LESSON_STATES.map(stateOption)] },
      { name: 'cluster', label: 'Cluster', value: cluster, options: [['', 'all'], ...named.map(clusterOption)] },
    ])}
    ${
      lessons.length === 0
        ? html`<p class="empty">There is no such lesson.</p>`
        : lessons.map((lesson) => lessonCard(lesson, { mayJudge: visitor.scopes.includes('decide'), ...looking }))
    }
    ${pager(path, { state, cluster }, { after: textOf(after), next: textOf(next) })}`;
}

const textOf = (id: number | undefined): string | undefined => (id === undefined ? undefined : String(id));

const stateOption = (state: LessonState): readonly [string, string] => [state, STATES[state][1]];

const clusterOption = (cluster: string): readonly [string, string] => [cluster, cluster];

function clusterCard(loop: string, clusters: readonly Cluster[], now: number): Markup {
  return html`<section class="card" aria-labelledby="clusters">
    <h2 id="clusters">What went wrong in the last 30 days</h2>
    ${
      clusters.length === 0
        ? html`<p class="empty">Nothing, as far as a worker has looked.</p>`
        : cardsTable({
            named: { by: 'clusters' },
            columns: [
              { name: 'Cluster' },
              { name: 'Said by' },
              { name: 'Runs', set: 'right' },
              { name: 'Share', set: 'right' },
              { name: 'Last', set: 'nowrap' },
              { name: 'Cases', set: 'right' },
              { name: 'Proposed' },
            ],
            rows: clusters.map((one) => clusterCells(loop, one, now)),
          })
    }
  </section>`;
}

function clusterCells(loop: string, one: Cluster, now: number): readonly (Markup | string | number)[] {
  const { cluster, feedback, count, share, runs, lastAt, cases, sealed, candidate } = one;
  return [
    html`<a href="${address(lessonsPath(loop), { cluster })}">${shownLine(cluster, 120)}</a>`,
    feedback === 'human' ? 'people' : 'verifiers',
    count,
    `${Math.round(share * 100)} %`,
    html`<a href="${runOf(runs[0] ?? '')}">${ago(lastAt, now)}</a>`,
    html`${cases} <span class="muted">(${sealed} sealed)</span>`,
    candidate === undefined ? '–' : html`<a href="${harnessPath(loop)}">${candidate.version}</a> ${candidate.state}`,
  ];
}

/** A run may be named by its key alone. */
const runOf = (runKey: string): string => `/runs/${encodeURIComponent(runKey)}`;

function lessonCard(lesson: KeptLesson, looking: { readonly mayJudge: boolean } & LookingAt): Markup {
  const { id, kind, source, state, createdAt, runKey, by, cluster, text, input, output, predicted } = lesson;
  const { mayJudge, visitor, now } = looking;
  return html`<section class="card" aria-labelledby="lesson-${id}">
    <div class="head">
      <h2 id="lesson-${id}">#${id} ${kind}</h2>
      ${badge(...STATES[state])}
    </div>
    <p class="muted">
      from ${source}${by !== undefined && html`, ${shownLine(by, 80)}`},
      <a href="${runOf(runKey)}">${ago(createdAt, now)}</a>; shown by ${lesson.uses} of the newest contexts.
    </p>
    ${worth(lesson, now)} ${cluster !== undefined && html`<p>Cluster: ${shownLine(cluster, 120)}</p>`}
    ${standing(lesson, now)} ${text !== '' && shown(text, LONGEST)}
    <details>
      <summary>Input and output</summary>
      ${shown(canonicalJson(input), LONGEST)}
      ${
        predicted !== undefined &&
        html`<p>It had answered</p>
          ${shown(canonicalJson(predicted), LONGEST)}`
      }
      ${
        output !== undefined &&
        html`<p>Right is</p>
          ${shown(canonicalJson(output), LONGEST)}`
      }
    </details>
    ${mayJudge && judgeForm(lesson, visitor)}
  </section>`;
}

/** What it is worth, and the experiment that says so. */
function worth(lesson: KeptLesson, now: number): Markup | string {
  const { tried, helpful, harmful } = lesson;
  if (tried === undefined) return '';
  return html`<p>
    <strong>${worthOf(lesson)}</strong>
    <span class="muted">(helped ${helpful}, harmed ${harmful} where it was left out)</span>,
    <a href="${experimentPath(tried.experiment)}">tried on ${tried.harness}</a> ${ago(tried.openedAt, now)}:
    ${shownLine(tried.because, 300)}
  </p>`;
}

function standing({ changedAt, changedBy = '', because = '' }: KeptLesson, now: number): Markup | string {
  if (changedAt === undefined) return '';
  return html`<p>By ${shownLine(changedBy, 80)}, ${ago(changedAt, now)}: ${shownLine(because, 300)}</p>`;
}

function judgeForm({ loop, id, state, reviewed }: KeptLesson, { csrf = '' }: Visitor): Markup {
  const words = state === 'retired' ? 'Make it active again' : 'I have read it: its words may be used';
  return html`<form method="post" action="${lessonsPath(loop)}/judge">
    <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="id" value="${id}" />
    <label><span>Why</span> <input name="because" maxlength="2000" autocomplete="off" /></label>
    <div class="actions">
      ${(state === 'retired' || !reviewed) && html`<button type="submit" name="verdict" value="review">${words}</button>`}
      ${state !== 'retired' && html`<button type="submit" name="verdict" value="retire">Retire it</button>`}
    </div>
  </form>`;
}
