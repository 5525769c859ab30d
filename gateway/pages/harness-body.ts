import { html } from 'hono/html';
import type { Visitor } from '../../contract/access.ts';
import type { HarnessMove } from '../../contract/harness-move.ts';
import type { HarnessLine, HarnessRecord } from '../../contract/harness-record.ts';
import { promotionDoubt } from '../../core/harness/doubt.ts';
import { evidenceWords, stateWords } from '../../core/harness/tables.ts';
import { badge, type Tone } from './parts/badge.ts';
import { cardsTable } from './parts/cards-table.ts';
import { outputDiff } from './parts/diff.ts';
import { facts } from './parts/facts.ts';
import { rawJson } from './parts/fields.ts';
import type { Markup } from './parts/markup.ts';
import { address } from './parts/pager.ts';
import { experimentPath, harnessPath, loopPath } from './parts/run-words.ts';
import { shownLine } from './parts/shown.ts';
import { ago, clock } from './parts/time.ts';

/** Two versions that are held against each other; their bodies are JSON. */
export interface Compared {
  readonly from: string;
  readonly to: string;
  readonly before: string;
  readonly after: string;
}

/** Who looks, when, and the key of what they may send. */
export interface Looking {
  readonly visitor: Visitor;
  readonly now: number;
  readonly key: string;
}

/** Moves that are shown. */
const NEWEST = 50;

/** From here on as many promotions may be false as makes one of them likely. */
const WARN_AT = 1;

/** What is on record of a loop's harness: what it runs on, its versions, what is between two of them, every move, and the way back. */
export function harnessBody(record: HarnessRecord, compared: Compared | undefined, looking: Looking): Markup {
  const { loop } = record;
  return html`<p class="crumb"><a href="/loops">Loops</a> › <a href="${loopPath(loop)}">${shownLine(loop, 80)}</a></p>
    <h1>Harness of ${shownLine(loop, 80)}</h1>
    ${summary(record, looking.now)} ${versionTable(record)} ${diffCard(record, compared)} ${backCard(record, looking)}
    ${moveTable(record.moves)}`;
}

function summary({ current, moves, versions }: HarnessRecord, now: number): Markup {
  const [newest] = moves;
  const promotions = moves.filter(({ kind }) => kind === 'promotion').length;
  const doubt = promotionDoubt(moves);
  const words = `${doubt.toFixed(1)} of ${promotions}`;
  return facts([
    ['Runs on', current],
    ['Since', newest && ago(newest.at, now)],
    ['By', newest && shownLine(newest.by, 60)],
    ['Versions', versions.length],
    [
      'May be false',
      promotions === 0
        ? undefined
        : html`<span title="The sum of 1/E over all promotions: a warning light, no bound"
            >${doubt < WARN_AT ? words : badge('warn', words)}</span
          >`,
    ],
  ]);
}

const TONES: Readonly<Record<HarnessLine['state'], Tone>> = { current: 'good', earlier: 'quiet', unpromoted: 'wait' };

function versionTable({ loop, current, versions }: HarnessRecord): Markup {
  const link = (version: string): Markup | string =>
    version === current
      ? version
      : html`<a href="${address(harnessPath(loop), { from: current, to: version })}#diff">${version}</a>`;
  return html`<section class="card" aria-labelledby="versions">
    <h2 id="versions">Versions</h2>
    ${cardsTable({
      named: { by: 'versions' },
      columns: [
        { name: 'Version' },
        { name: 'Stands' },
        { name: 'From' },
        { name: 'E', set: 'right' },
        { name: 'Promoted by' },
        { name: 'Made', set: 'nowrap' },
      ],
      rows: versions.map(({ version, state, source, candidate, promotion, at }) => [
        link(version),
        badge(TONES[state], stateWords(state, candidate)),
        html`${source}${candidate !== undefined && html` <span class="muted">${candidate.kind}: ${shownLine(candidate.manifest.summary, 120)}</span>`}`,
        evidence(promotion),
        promotion === undefined ? '–' : shownLine(promotion.by, 60),
        clock(at),
      ]),
    })}
  </section>`;
}

function evidence(move: HarnessMove | undefined): Markup | string {
  if (move?.kind !== 'promotion') return '–';
  const { experiment } = move;
  const words = evidenceWords({ ...move, unproven: false });
  const linked =
    experiment === undefined ? words : html`<a href="${experimentPath(experiment)}">${words || 'trial'}</a>`;
  return html`${linked}${move.unproven && html` <span class="tag warn">promoted unproven</span>`}`;
}

function diffCard({ loop, versions }: HarnessRecord, compared: Compared | undefined): Markup | string {
  if (versions.length < 2) return '';
  const choice = (name: 'from' | 'to', label: string): Markup =>
    html`<label
      ><span>${label}</span>
      <select name="${name}">
        ${versions.map(
          ({ version }) =>
            html`<option value="${version}" ${version === compared?.[name] && html`selected`}>${version}</option>`,
        )}
      </select></label
    >`;
  return html`<section class="card" aria-labelledby="diff">
    <h2 id="diff">What changed${compared !== undefined && html` from ${compared.from} to ${compared.to}`}</h2>
    <form class="filter" action="${harnessPath(loop)}" method="get">
      ${choice('from', 'From')} ${choice('to', 'To')} <button type="submit">Compare</button>
    </form>
    ${
      compared !== undefined &&
      html`${outputDiff(compared.before, compared.after)} ${rawJson(compared.after, `All that ${compared.to} says`)}`
    }
  </section>`;
}

function backCard({ loop, current, before, versions }: HarnessRecord, { visitor, key }: Looking): Markup | string {
  const earlier = versions.filter(({ state }) => state === 'earlier');
  if (earlier.length === 0) return '';
  const title = html`<h2 id="back">Go back</h2>`;
  if (!visitor.scopes.includes('decide'))
    return html`<section class="card" aria-labelledby="back">
      ${title}
      <p class="muted">You may look, not go back: ${shownLine(visitor.name, 60)} has no scope <code>decide</code>.</p>
    </section>`;
  return html`<section class="card" aria-labelledby="back">
    ${title}
    <p class="muted">New runs take the earlier version at once; runs that are open end on what they began with.</p>
    <form class="form" method="post" action="${harnessPath(loop)}/rollback">
      <input type="hidden" name="csrf" value="${visitor.csrf ?? ''}" /><input
        type="hidden"
        name="key"
        value="${key}"
      /><input type="hidden" name="expected" value="${current}" />
      <label class="field"
        ><span>To</span>
        <select name="to">
          ${earlier.map(
            ({ version }) =>
              html`<option value="${version}" ${version === before && html`selected`}>${version}</option>`,
          )}
        </select></label
      >
      <label class="field"
        ><span>Reason</span><input name="reason" required maxlength="2000" autocomplete="off"
      /></label>
      <button type="submit">Go back</button>
    </form>
  </section>`;
}

function moveTable(moves: readonly HarnessMove[]): Markup {
  return html`<section class="card" aria-labelledby="moves">
    <h2 id="moves">Moves</h2>
    ${cardsTable({
      named: { by: 'moves' },
      columns: [
        { name: 'When', set: 'nowrap' },
        { name: 'To', set: 'nowrap' },
        { name: 'How', set: 'nowrap' },
        { name: 'E', set: 'right' },
        { name: 'By' },
        { name: 'Why' },
      ],
      rows: moves
        .slice(0, NEWEST)
        .map((move) => [
          clock(move.at),
          html`${move.from !== undefined && html`<span class="muted">${move.from} →</span>`} ${move.to}`,
          move.kind,
          evidence(move),
          shownLine(move.by, 60),
          shownLine(move.reason),
        ]),
    })}
    ${moves.length > NEWEST && html`<p class="muted small">and ${moves.length - NEWEST} before them: <code>loopwright harness history</code></p>`}
  </section>`;
}
