/** Elements whose content is no text for a reader. */
const SILENT = ['script', 'style', 'template', 'noscript', 'svg', 'iframe', 'object', 'select'];

/** Elements that begin a line of their own. */
const BLOCKS =
  /^(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|head|header|hr|li|main|nav|ol|p|pre|section|table|title|tr|ul)$/;

/** The named characters that pages really use; others stay as they are written. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  laquo: '«',
  raquo: '»',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  euro: '€',
  pound: '£',
  copy: '©',
};

/**
 * The text of an HTML page: tags, comments, scripts and styles are taken away, blocks become lines, cells are kept apart
 * by tabs. It runs no script, follows no link, keeps no address of a link, and does not know what a style sheet hides.
 * Linear in the length of the page, whatever is in it.
 */
export function htmlText(html: string): string {
  const pieces: string[] = [];
  // Of ASCII only: other letters may change their length.
  const lower = html.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    pieces.push(html.slice(at, open < 0 ? html.length : open).replaceAll(/\s+/g, ' '));
    if (open < 0) break;
    at = behind(lower, open, pieces);
  }
  const lines = unescaped(pieces.join('')).split('\n');
  return lines
    .map((line) =>
      line
        .replaceAll(/ {2,}/g, ' ')
        .replaceAll(/ ?\t ?/g, '\t')
        .trim(),
    )
    .filter((line, index, all) => line !== '' || (index > 0 && all[index - 1] !== ''))
    .join('\n')
    .trim();
}

/** Where the tag, the comment or the silent element ends that begins at `open`; what it looks like goes to the pieces. */
function behind(lower: string, open: number, pieces: string[]): number {
  if (lower.startsWith('<!--', open)) return after(lower, '-->', open + 4);
  const name = /^<(\/?)([a-z][a-z0-9]*)/.exec(lower.slice(open, open + 40));
  if (name === null) {
    if (/[!?/]/.test(lower[open + 1] ?? '')) return after(lower, '>', open);
    pieces.push('<');
    return open + 1;
  }
  const [, closing, element = ''] = name;
  const end = after(lower, '>', open);
  if (closing === '' && SILENT.includes(element) && !(element === 'svg' && lower[end - 2] === '/'))
    return behindElement(lower, element, end);
  if (BLOCKS.test(element)) pieces.push('\n');
  if (element === 'td' || element === 'th') pieces.push(closing === '' ? '' : '\t');
  return end;
}

/** Behind the end tag of a silent element; without one, nothing of the page is left, as in a browser. */
function behindElement(lower: string, element: string, from: number): number {
  return after(lower, '>', after(lower, `</${element}`, from));
}

function after(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + what.length;
}

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    const isCharacter = code > 0 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
    return isCharacter ? String.fromCodePoint(code) : '\ufffd';
  });
}
