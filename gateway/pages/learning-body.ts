import { html } from 'hono/html';
import type { Visitor } from '../../contract/access.ts';
import type { Candidate } from '../../contract/candidate.ts';
import { CASE_SOURCES, SLICES } from '../../contract/case.ts';
import { CLUSTER_WINDOW, type Cluster } from '../../contract/cluster.ts';
import type { Experiment } from '../../contract/experiment.ts';
import type { HarnessMove } from '../../contract/harness-move.ts';
import type { CaseCount } from '../../contract/loop-figures.ts';
import { candidateCard, experimentCard, moveCard } from './learning-history.ts';
import { candidateBadge, experimentBadge } from './parts/badge.ts';
import { cardsTable } from './parts/cards-table.ts';
import { facts } from './parts/facts.ts';
import type { Markup } from './parts/markup.ts';
import { experimentPath, harnessPath, lessonsPath, loopPath, runKeyPath } from './parts/run-words.ts';
import { shownLine } from './parts/shown.ts';
import { ago } from './parts/time.ts';

/** All that is on record of how a loop learns. */
export interface Learning {
  readonly loop: string;
  /** The version that new runs take, and its newest eval. */
  readonly version: string;
  readonly baseline: Experiment | undefined;
  readonly clusters: readonly Cluster[];
  readonly cases: readonly CaseCount[];
  readonly candidates: readonly Candidate[];
  readonly experiments: readonly Experiment[];
  readonly moves: readonly HarnessMove[];
}

/** Who looks, and when. */
export interface Looking {
  readonly visitor: Visitor;
  readonly now: number;
  /** What names the run that the button starts; undefined where none can be started here. */
  readonly key: string | undefined;
}

/** Clusters that are shown. */
const CLUSTERS = 12;

/** How a loop learns: what goes wrong, what it is measured by, what was proposed, tried, promoted and taken back. */
export function learningBody(learning: Learning, looking: Looking): Markup {
  const { loop, candidates, experiments, moves } = learning;
  const { now } = looking;
  return html`<p class="crumb"><a href="/loops">Loops</a> › <a href="${loopPath(loop)}">${shownLine(loop, 80)}</a></p>
    <div class="head">
      <h1>How ${shownLine(loop, 80)} learns</h1>
      ${improveForm(learning, looking)}
    </div>
    <div data-part="learning">
      ${figures(learning, now)}
      <p class="links actions">
        <a href="${lessonsPath(loop)}">Its lessons</a> <a href="${harnessPath(loop)}">Its harness</a>
        <a href="${loopPath(loop)}/review">Its review</a>
      </p>
      ${clusterCard(learning, now)} ${candidateCard(candidates, now)} ${experimentCard(experiments, now)}
      ${moveCard(moves)} ${caseCard(learning)}
    </div>`;
}

/** Asks for an improvement; whether there is any is said on the page of the run. */
function improveForm({ loop }: Learning, { visitor, key }: Looking): Markup | string {
  if (key === undefined || !visitor.scopes.includes('start')) return '';
  return html`<form method="post" action="${loopPath(loop)}/improve">
    <input type="hidden" name="csrf" value="${visitor.csrf ?? ''}" /><input type="hidden" name="key" value="${key}" />
    <button class="main" type="submit">Improve</button>
  </form>`;
}

function figures({ loop, version, baseline, cases, moves }: Learning, now: number): Markup {
  const all = sum(cases);
  const count = (kind: HarnessMove['kind']): number => moves.filter((move) => move.kind === kind).length;
  return facts([
    ['Runs on', html`<a href="${harnessPath(loop)}">${version}</a>`],
    [
      'How good that is',
      baseline === undefined
        ? html`<span class="late">not known: it has no baseline</span>`
        : html`${experimentBadge(baseline)}
            <a href="${experimentPath(baseline.id)}">eval, ${ago(baseline.openedAt, now)}</a>`,
    ],
    ['Cases', html`${all} <span class="muted">(${sum(cases.filter(({ sealed }) => sealed))} sealed)</span>`],
    ['Promotions', count('promotion')],
    ['Rollbacks', count('rollback')],
  ]);
}

function sum(cases: readonly CaseCount[]): number {
  return cases.reduce((total, { count }) => total + count, 0);
}

const FEEDBACK_WORDS: Readonly<Record<Cluster['feedback'], string>> = {
  human: 'people',
  model: 'the verifiers',
};

function clusterCard({ clusters }: Learning, now: number): Markup {
  return html`<section class="card" aria-labelledby="clusters">
    <h2 id="clusters">What goes wrong</h2>
    ${clusters.length === 0 ? html`<p class="muted">Nothing did in ${CLUSTER_WINDOW.days} days.</p>` : clusterTable(clusters, now)}
    ${clusters.length > CLUSTERS && html`<p class="muted small">and ${clusters.length - CLUSTERS} more: <code>loopwright lessons clusters</code></p>`}
  </section>`;
}

function clusterTable(clusters: readonly Cluster[], now: number): Markup {
  return cardsTable({
    named: { by: 'clusters' },
    columns: [
      { name: 'In which way' },
      { name: 'Says', set: 'nowrap' },
      { name: 'Of all failures', label: 'Failures' },
      { name: 'Cases', set: 'right' },
      { name: 'Change', set: 'nowrap' },
    ],
    rows: clusters.slice(0, CLUSTERS).map((cluster) => clusterCells(cluster, now)),
  });
}

function clusterCells(one: Cluster, now: number): readonly (Markup | string)[] {
  const { cluster, feedback, count, share, runs, said, lastAt, cases, sealed, candidate } = one;
  const [newest] = runs;
  const percent = Math.round(100 * share);
  return [
    html`${shownLine(cluster, 120)} ${said !== '' && html`<span class="reason muted">${shownLine(said, 160)}</span>`}`,
    FEEDBACK_WORDS[feedback],
    html`<span class="nowrap">${percent} % <span class="muted">${count} run${count === 1 ? '' : 's'}</span></span>
      <svg class="meter plain" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="6" rx="3" />
        <rect class="full" width="${percent}" height="6" rx="3" />
      </svg>
      <span class="reason"
        >${newest === undefined ? ago(lastAt, now) : html`<a href="${runKeyPath(newest)}">newest ${ago(lastAt, now)}</a>`}</span
      >`,
    html`${cases} <span class="muted">(${sealed} sealed)</span>`,
    candidate === undefined
      ? html`<span class="muted">none yet</span>`
      : html`${candidate.version} ${candidateBadge(candidate.state)}`,
  ];
}

const SLICE_WORDS = {
  target: 'target: to be mended',
  guard: 'guard: must not get worse',
  pinned: 'pinned: must never break',
} as const;

function caseCard({ cases }: Learning): Markup {
  const sources = CASE_SOURCES.filter((source) => cases.some((one) => one.source === source));
  const counted = (some: Partial<CaseCount>): number =>
    sum(cases.filter((one) => Object.entries(some).every(([name, value]) => one[name as keyof CaseCount] === value)));
  if (sources.length === 0)
    return html`<section class="card" aria-labelledby="cases">
      <h2 id="cases">What it is measured by</h2>
      <p class="muted">No case yet. What people decide becomes cases, and <code>cases.jsonl</code> brings some.</p>
    </section>`;
  return html`<section class="card" aria-labelledby="cases">
    <h2 id="cases">What it is measured by</h2>
    <div class="scroll" role="region" aria-label="Cases" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Cases</th>
            ${sources.map((source) => html`<th scope="col" class="right">${source}</th>`)}
            <th scope="col" class="right">All</th>
            <th scope="col" class="right">Sealed</th>
          </tr>
        </thead>
        <tbody>
          ${SLICES.map(
            (slice) =>
              html`<tr>
                <th scope="row">${SLICE_WORDS[slice]}</th>
                ${sources.map((source) => html`<td class="right">${counted({ slice, source })}</td>`)}
                <td class="right">${counted({ slice })}</td>
                <td class="right">${counted({ slice, sealed: true })}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="muted small">Sealed cases are shown to no proposer: they judge what it proposes.</p>
  </section>`;
}
