import { html } from 'hono/html';
import { assertNever } from '../../../core/assert-never.ts';
import { dollars, span } from '../../../core/figures.ts';
import { CHANGES } from '../../../core/stage.ts';
import type { Phase } from '../../../core/story/phases.ts';
import type { StoryEvent } from '../../../core/story/story.ts';
import { badge, verdictBadge, type Tone } from './badge.ts';
import { evidence } from './evidence.ts';
import { fieldsOf, rawJson } from './fields.ts';
import { manifest } from './manifest.ts';
import type { Markup } from './markup.ts';
import { approvalPath, digestPrefix, stageName } from './run-words.ts';
import { shown, shownLine } from './shown.ts';

/** What one thing that happened in a run is called, and what there is to see of it. */
interface Told {
  readonly title: Markup;
  readonly body?: Markup | string;
}

/** A row of a run's timeline: when, what, and how long it took to come to it. */
export function eventRow({ event, tookMs, waited, costMicroUsd }: Phase, sinceStartMs: number): Markup {
  const { title, body = '' } = told(event);
  const took = waited ? html`<span class="pause">waited ${span(tookMs)}</span>` : html`${span(tookMs)}`;
  return html`<li>
    <div class="when">+${span(sinceStartMs)}</div>
    <div>
      <div class="title">${title}</div>
      ${body}
    </div>
    <div class="took">
      ${took}${costMicroUsd !== undefined && costMicroUsd > 0 && html`<br />${dollars(costMicroUsd)}`}
    </div>
  </li>`;
}

function told(event: StoryEvent): Told {
  switch (event.kind) {
    case 'context':
      return contextTold(event);
    case 'attempt':
      return attemptTold(event);
    case 'edit':
      return {
        title: html`<span>The edit was verified</span> ${verdictBadge(event.verdict)}`,
        body: seen(event.criteria, event.notAsked),
      };
    case 'gate':
      return gateTold(event);
    case 'decision':
      return decisionTold(event);
    case 'raise':
      return {
        title: html`<span>Budget raised by ${dollars(event.microUsd)}</span>
          <span class="muted">${shownLine(event.by, 80)}</span>`,
        body: shown(event.reason, 600),
      };
    case 'effect':
      return effectTold(event);
    default:
      return assertNever(event);
  }
}

function contextTold(event: Extract<StoryEvent, { kind: 'context' }>): Told {
  const { stage, tokens, budgetTokens, parts, dropped } = event;
  const outside = parts.filter(({ trust }) => trust === 'untrusted').length;
  const given = { tokens, budgetTokens, watermark: 0, parts: [...parts], dropped: [...dropped] } as const;
  const count = `${parts.length} part${parts.length === 1 ? '' : 's'}`;
  return {
    title: html`<span>Context for ${shownLine(stageName(stage), 80)}</span>
      <span class="muted">${count}, ${outside} from outside, ${tokens} tokens</span>`,
    body: html`<details>
      <summary>Show what it was given</summary>
      ${manifest([{ stage, at: event.at, manifest: given as unknown as Parameters<typeof manifest>[0][number]['manifest'] }])}
    </details>`,
  };
}

function attemptTold(event: Extract<StoryEvent, { kind: 'attempt' }>): Told {
  const { stage, attempt, author, output, verdict, criteria, notAsked, changed, passedOver = [] } = event;
  const way = changed && (CHANGES[changed.strategy as keyof typeof CHANGES] ?? changed.strategy);
  return {
    title: html`<span>Attempt ${attempt} at ${shownLine(stageName(stage), 80)}</span>
      ${verdict === undefined ? badge('work', 'not verified yet') : verdictBadge(verdict)}
      <span class="muted">${shownLine(author, 80)}</span>`,
    body: html`${changed !== undefined && html`<p>Made in another way, ${shownLine(way ?? '', 200)}, because of ${shownLine(changed.because, 200)}</p>`}
      ${passedOver.map(
        ({ route, confidence, atLeast }) =>
          html`<p class="muted">
            ${shownLine(route, 80)} answered first and was ${confidence.toFixed(2)} sure, below ${atLeast}.
          </p>`,
      )}
      ${seen(criteria, notAsked)}
      <details>
        <summary>Show what it made</summary>
        ${output === undefined ? html`<p class="muted">It has expired.</p>` : html`${fieldsOf(output)} ${rawJson(output, 'As JSON')}`}
      </details>`,
  };
}

/** What does not speak for itself is seen at once; what passed is a click away. */
function seen(
  criteria: Extract<StoryEvent, { kind: 'attempt' }>['criteria'],
  notAsked: Extract<StoryEvent, { kind: 'attempt' }>['notAsked'],
): Markup {
  const against = criteria.filter(({ verdict }) => verdict !== 'pass');
  const passed = criteria.filter(({ verdict }) => verdict === 'pass');
  return html`${against.length > 0 && evidence(against, [])}
  ${
    passed.length + notAsked.length > 0 &&
    html`<details>
      <summary>${passed.length} passed${notAsked.length > 0 && html`, ${notAsked.length} not asked`}</summary>
      ${evidence(passed, notAsked)}
    </details>`
  }`;
}

function gateTold(event: Extract<StoryEvent, { kind: 'gate' }>): Told {
  const { gate, version, digest, because, audit } = event;
  const name = version === 1 ? 'asks a person' : `asks again, version ${version}`;
  return {
    title: html`<span>${shownLine(gate, 80)} ${name}</span> ${audit && html`<span class="tag">audit</span>`}
      <a class="mono" href="${approvalPath(digest)}">${digestPrefix(digest)}</a>`,
    body: html`<p class="muted">${shownLine(because, 300)}</p>`,
  };
}

type Verb = Extract<StoryEvent, { kind: 'decision' }>['decision'];

const VERBS: Readonly<Record<Verb, readonly [Tone, string]>> = {
  approve: ['good', 'approved'],
  reject: ['bad', 'rejected'],
  revise: ['quiet', 'revised'],
  expire: ['bad', 'expired'],
};

function decisionTold(event: Extract<StoryEvent, { kind: 'decision' }>): Told {
  const { gate, decision, by, identity, note, feedback, output, overruled } = event;
  const who = by === undefined ? 'nobody answered, and silence is a no' : by;
  return {
    title: html`<span>${shownLine(gate, 80)}</span> ${badge(...VERBS[decision])}
      <span class="muted">${shownLine(who, 80)}</span>
      ${by !== undefined && html`<span class="tag">${identity === 'signed' ? 'identity proven' : 'identity not proven'}</span>`}`,
    body: html`${note !== undefined && shown(note, 600)}
    ${
      feedback !== undefined &&
      html`<p class="muted">Asked for another attempt:</p>
        ${shown(feedback, 600)}`
    }
    ${overruled.length > 0 && html`<p class="muted">It overruled ${shownLine(overruled.join(', '), 300)}.</p>`}
    ${
      output !== undefined &&
      html`<details>
        <summary>Show the edit</summary>
        ${fieldsOf(JSON.stringify(output))}
      </details>`
    }`,
  };
}

function effectTold(event: Extract<StoryEvent, { kind: 'effect' }>): Told {
  const { name, key, state, result, earlier } = event;
  const how = earlier
    ? badge('quiet', 'done by an earlier run')
    : state === 'done'
      ? badge('good', 'done')
      : badge('warn', 'not known whether it happened');
  return {
    title: html`<span>Effect ${shownLine(name, 80)}</span> ${how}
      <span class="muted mono">${shownLine(key, 120)}</span>`,
    body: result === undefined || result === 'null' ? '' : rawJson(result, 'What it answered'),
  };
}
