import { html } from 'hono/html';
import type { Candidate } from '../../contract/candidate.ts';
import type { Experiment } from '../../contract/experiment.ts';
import type { HarnessMove } from '../../contract/harness-move.ts';
import { evidenceWords } from '../../core/harness/tables.ts';
import { titleOf } from './experiment.ts';
import { badge, candidateBadge, experimentBadge, type Tone } from './parts/badge.ts';
import type { Markup } from './parts/markup.ts';
import { experimentPath, runKeyPath } from './parts/run-words.ts';
import { shownLine } from './parts/shown.ts';
import { ago, clock } from './parts/time.ts';

/** Changes that were proposed, newest first, and what became of each. */
export function candidateCard(candidates: readonly Candidate[], now: number): Markup {
  return html`<section class="card" aria-labelledby="candidates">
    <h2 id="candidates">Changes that were proposed</h2>
    ${candidates.length === 0 && html`<p class="muted">None yet.</p>`}
    <ul class="evidence">
      ${candidates.map((candidate) => candidateLine(candidate, now))}
    </ul>
  </section>`;
}

function candidateLine(candidate: Candidate, now: number): Markup {
  const { version, base, kind, widens, manifest, state, because, runKey, experiment, at } = candidate;
  return html`<li>
    <div class="criterion">
      ${candidateBadge(state)} <strong>${version}: ${shownLine(manifest.summary, 300)}</strong>
      <span class="tag">${kind}</span> ${widens && html`<span class="tag warn">widens</span>`}
    </div>
    ${because !== undefined && html`<div class="text">${shownLine(because, 600)}</div>`}
    <div class="small muted links">
      on ${base}, by ${shownLine(manifest.proposer, 80)}, ${ago(at, now)} ·
      <a href="${runKeyPath(runKey)}">its run</a>
      ${experiment !== undefined && html`· <a href="${experimentPath(experiment)}">its trial</a>`}
    </div>
  </li>`;
}

/** Experiments, newest first, and how each stands. */
export function experimentCard(experiments: readonly Experiment[], now: number): Markup {
  return html`<section class="card" aria-labelledby="experiments">
    <h2 id="experiments">Experiments</h2>
    ${experiments.length === 0 && html`<p class="muted">None yet. <code>loopwright eval</code> makes a baseline.</p>`}
    <ul class="evidence">
      ${experiments.map(
        (experiment) =>
          html`<li>
            <div class="criterion">
              ${experimentBadge(experiment)}
              <strong><a href="${experimentPath(experiment.id)}">${titleOf(experiment)}</a></strong>
              <span class="muted">${ago(experiment.openedAt, now)}</span>
            </div>
            <div class="text">${shownLine(experiment.because, 300)}</div>
          </li>`,
      )}
    </ul>
  </section>`;
}

const MOVE_WORDS: Readonly<Record<HarnessMove['kind'], readonly [Tone, string]>> = {
  file: ['quiet', 'the file changed'],
  promotion: ['good', 'promoted'],
  rollback: ['bad', 'taken back'],
  erasure: ['quiet', 'examples erased'],
};

/** Which versions the loop came to run on, newest first, on what evidence, and why. */
export function moveCard(moves: readonly HarnessMove[]): Markup {
  return html`<section class="card" aria-labelledby="moves">
    <h2 id="moves">Promotions and rollbacks</h2>
    <ol class="evidence">
      ${moves.map(
        (move) =>
          html`<li>
            <div class="criterion">
              ${badge(...MOVE_WORDS[move.kind])}
              <strong>${move.from !== undefined && html`${move.from} → `}${move.to}</strong>
              ${move.e !== undefined && html`<span>E ${evidenceWords({ ...move, unproven: false })}</span>`}
              ${move.unproven && html`<span class="tag warn">promoted unproven</span>`}
              <span class="muted">${shownLine(move.by, 80)}, ${clock(move.at)}</span>
              ${move.experiment !== undefined && html`<a href="${experimentPath(move.experiment)}">on what evidence</a>`}
            </div>
            ${move.kind !== 'file' && html`<div class="text">${shownLine(move.reason, 600)}</div>`}
          </li>`,
      )}
    </ol>
  </section>`;
}
