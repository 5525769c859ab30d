import { html } from 'hono/html';
import { moment, span } from '../../../core/figures.ts';
import type { Markup } from './markup.ts';

/** How long ago something was: `4 min 10 s ago`; the time itself is in the mark-up. */
export function ago(at: number, now: number): Markup {
  const text = now - at < 1000 ? 'just now' : `${span(now - at)} ago`;
  return stamped(at, text);
}

/** How much time is left until something. */
export function left(at: number, now: number): Markup {
  return stamped(at, at <= now ? 'no time left' : `${span(at - now)} left`);
}

/** A time in UTC: `2026-11-26 20:11:41Z`. */
export function clock(at: number): Markup {
  return stamped(at, moment(at));
}

function stamped(at: number, text: string): Markup {
  return html`<time datetime="${new Date(at).toISOString()}" title="${moment(at)}">${text}</time>`;
}
