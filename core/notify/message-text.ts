import { textPieces } from '../visible-text.ts';

/** Text that a program obeys in a message, whoever wrote it: groups that are called by an `@`. */
const CALLS = /@(?=(?:channel|here|everyone|all|group)\b)/gi;

/**
 * A text that came from outside as a message may show it: what cannot be seen stands there by its number (`⟨U+202E⟩`), and
 * nobody is called by it. Line ends and tabs stay; it is cut to `longest` characters.
 */
export function messageText(text: string, longest: number): { readonly text: string; readonly cut: boolean } {
  const characters = Array.from(text.slice(0, longest * 4));
  const cut = characters.length > longest || text.length > longest * 4;
  const pieces = textPieces(characters.slice(0, longest).join(''));
  const seen = pieces.map((piece) => {
    if (typeof piece === 'string') return piece;
    return `⟨${piece.code}${piece.times === 1 ? '' : ` × ${piece.times}`}⟩`;
  });
  return { text: seen.join('').replaceAll(CALLS, '＠'), cut };
}

/** The same on one line, with an ellipsis where it was cut. */
export function messageLine(text: string, longest: number): string {
  const { text: seen, cut } = messageText(text.replaceAll(/[\s\u0085]+/g, ' ').trim(), longest - 1);
  return cut ? `${seen}…` : seen;
}
