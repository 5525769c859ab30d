import { html } from 'hono/html';
import type { Visitor } from '../../contract/access.ts';
import type { Alert } from '../../contract/alerts.ts';
import { ago } from './parts/time.ts';
import type { Markup } from './parts/markup.ts';
import { shownLine } from './parts/shown.ts';
import type { Tone } from './parts/badge.ts';

/** Where a page belongs. */
export type Section = 'inbox' | 'runs' | 'loops' | 'spend' | 'audit';

/** Something that is said once, about what was just done. */
export interface Said {
  readonly tone: Extract<Tone, 'good' | 'warn' | 'bad'>;
  readonly text: Markup | string;
}

/** What is around every page. */
export interface Frame {
  readonly title: string;
  readonly section?: Section;
  readonly visitor: Visitor;
  readonly alerts: readonly Alert[];
  /** How many approvals wait. */
  readonly waiting: number;
  readonly now: number;
  readonly said?: Said | undefined;
  /** The newest change that the page knows of: what comes after it is news. */
  readonly seen: number;
  /** Where the page is, where it answers a form that was sent elsewhere. */
  readonly canonical?: string | undefined;
  /** Narrows what the page is told live: the key of a run. */
  readonly about?: string | undefined;
}

const SECTIONS: readonly (readonly [section: Section, path: string, name: string])[] = [
  ['inbox', '/', 'Inbox'],
  ['runs', '/runs', 'Runs'],
  ['loops', '/loops', 'Loops'],
  ['spend', '/spend', 'Spend'],
  ['audit', '/audit', 'Audit'],
];

/** A whole page. It loads nothing from elsewhere, and all of it works without its script. */
export function layout(frame: Frame, body: Markup): Markup {
  const { title, visitor, alerts, now, said, seen, about, canonical } = frame;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} · Loopwright</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/assets/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/style.css" />
        ${canonical !== undefined && html`<link rel="canonical" href="${canonical}" />`}
        <script type="module" src="/assets/page.js"></script>
      </head>
      <body data-seen="${seen}" data-about="${about ?? ''}">
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">${navigation(frame)} ${who(visitor)}</header>
        <div class="notices" data-part="alerts">${alertList(alerts, now)}</div>
        <main id="main" tabindex="-1">
          ${said !== undefined && html`<div class="said ${said.tone}" role="status" id="said" tabindex="-1">${said.text}</div>`}
          ${body}
        </main>
        <p class="unseen" id="live" role="status" aria-live="polite"></p>
        ${help()}
      </body>
    </html>`;
}

function navigation({ section, waiting }: Frame): Markup {
  return html`<nav aria-label="Main">
    <a class="mark" href="/">Loopwright</a>
    <ul data-part="navigation">
      ${SECTIONS.map(
        ([own, path, name]) =>
          html`<li>
            <a href="${path}" ${own === section && html`aria-current="page"`}
              >${name}${own === 'inbox' && waiting > 0 && html` <span class="count">${waiting}<span class="unseen"> waiting</span></span>`}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}

function who({ name, via, csrf = '' }: Visitor): Markup {
  const out = html`<form action="/sign-out" method="post">
    <input type="hidden" name="csrf" value="${csrf}" /><button type="submit" class="plain">Sign out</button>
  </form>`;
  return html`<div class="who">
    <button type="button" class="plain keys" id="keys" aria-haspopup="dialog" hidden>
      <span aria-hidden="true">?</span><span class="unseen">Keyboard shortcuts</span>
    </button>
    <span class="name">${shownLine(name, 60)}</span>
    ${via === 'session' && out}
  </div>`;
}

function alertList(alerts: readonly Alert[], now: number): Markup | string {
  if (alerts.length === 0) return '';
  return html`<section class="alerts" aria-label="Alerts">
    <ul>
      ${alerts.map(
        ({ about, text, raisedAt }) =>
          html`<li>
            <span class="shape" aria-hidden="true">!</span>
            <span
              ><strong>${shownLine(about, 100)}</strong>: ${shownLine(text, 600)}
              <span class="muted">${ago(raisedAt, now)}</span></span
            >
          </li>`,
      )}
    </ul>
  </section>`;
}

const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['j', 'next row'],
  ['k', 'row before'],
  ['o', 'open the row'],
  ['a', 'go to the approve button; Enter confirms'],
  ['e', 'edit'],
  ['r', 'reject'],
  ['c', 'claim, or release'],
  ['?', 'this help'],
];

/** Shown by the script only: without it there are no keys. */
function help(): Markup {
  return html`<dialog id="help" aria-labelledby="help-title">
    <h2 id="help-title">Keyboard shortcuts</h2>
    <dl class="key-list">
      ${KEYS.map(
        ([key, does]) =>
          html`<div>
            <dt><kbd>${key}</kbd></dt>
            <dd>${does}</dd>
          </div>`,
      )}
    </dl>
    <label class="switch"
      ><input type="checkbox" id="keys-on" checked /> <span>Single-key shortcuts are on</span></label
    >
    <form method="dialog"><button type="submit">Close</button></form>
  </dialog>`;
}
