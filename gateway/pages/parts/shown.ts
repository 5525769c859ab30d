import { html } from 'hono/html';
import { textPieces, type HiddenPiece, type TextPiece } from '../../../core/visible-text.ts';
import type { Markup } from './markup.ts';

/** Longest text that is shown at once, in characters. */
const LONGEST = 1500;

/** Longest text that is shown on one line, in characters. */
const LONGEST_LINE = 200;

/** A text from outside, in a block of its own: what would be hidden is seen, nothing in it is followed, and all of a long one is a click away. */
export function shown(text: string, longest = LONGEST): Markup {
  const characters = Array.from(text);
  if (characters.length <= longest) return html`<div class="text" dir="auto">${pieces(text)}</div>`;
  return html`<div class="text" dir="auto">${pieces(characters.slice(0, longest).join(''))}…</div>
    <details class="all">
      <summary>Show all ${characters.length.toLocaleString('en')} characters</summary>
      <div class="text" dir="auto" tabindex="0" role="region" aria-label="The whole text">${pieces(text)}</div>
    </details>`;
}

/** A text from outside, on one line, cut where it is long. Its direction stays its own. */
export function shownLine(text: string, longest = LONGEST_LINE): Markup {
  const characters = Array.from(text.replaceAll(/\s+/g, ' ').trim());
  const cut = characters.length > longest;
  return html`<bdi>${pieces(cut ? characters.slice(0, longest - 1).join('') : characters.join(''))}${cut && '…'}</bdi>`;
}

/** A text whose hidden characters are badges. */
export function pieces(text: string): Markup[] {
  return textPieces(text).map((piece: TextPiece) => (typeof piece === 'string' ? html`${piece}` : hidden(piece)));
}

function hidden({ code, name, times, says }: HiddenPiece): Markup {
  const count = times === 1 ? '' : ` ×${times}`;
  const words = says === undefined ? '' : `: “${says}”`;
  return html`<span class="hidden-character"><span class="unseen">hidden </span>${code}${count} ${name}${words}</span>`;
}
