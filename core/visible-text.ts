/** Characters that nobody sees, or that turn what stands around them: in the place of each run of them stands what it is. */
export interface HiddenPiece {
  /** Its code point, `U+202E`. */
  readonly code: string;
  /** What it is, for people. */
  readonly name: string;
  /** How many of it stand there. */
  readonly times: number;
  /** What a run of tag or variation characters says to whoever reads it as letters. */
  readonly says?: string;
}

/** A part of a text: words as they are, or what would be hidden in it. */
export type TextPiece = string | HiddenPiece;

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'null',
  0x07: 'bell',
  0x08: 'backspace',
  0x0d: 'carriage return',
  0x1b: 'escape',
  0x7f: 'delete',
  0xad: 'soft hyphen',
  0x34f: 'grapheme joiner',
  0x61c: 'Arabic letter mark',
  0x200b: 'zero-width space',
  0x200c: 'zero-width non-joiner',
  0x200d: 'zero-width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'end of embedding',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate',
  0x2069: 'end of isolate',
  0xfeff: 'byte order mark',
};

/** Ranges of hidden characters, with what they are called together. */
const RANGES: readonly (readonly [from: number, to: number, name: string])[] = [
  [0x00, 0x08, 'control character'],
  [0x0b, 0x1f, 'control character'],
  [0x7f, 0x9f, 'control character'],
  [0xad, 0xad, 'soft hyphen'],
  [0x34f, 0x34f, 'grapheme joiner'],
  [0x61c, 0x61c, 'Arabic letter mark'],
  [0x115f, 0x1160, 'Hangul filler'],
  [0x17b4, 0x17b5, 'Khmer vowel that is not shown'],
  [0x180b, 0x180f, 'Mongolian separator'],
  [0x200b, 0x200f, 'zero-width character'],
  [0x2028, 0x202e, 'direction control'],
  [0x2060, 0x206f, 'format control'],
  [0x2800, 0x2800, 'Braille blank'],
  [0x3164, 0x3164, 'Hangul filler'],
  [0xd800, 0xdfff, 'half of a character'],
  [0xe000, 0xf8ff, 'private character'],
  [0xfe00, 0xfe0f, 'variation selector'],
  [0xfeff, 0xfeff, 'byte order mark'],
  [0xffa0, 0xffa0, 'Hangul filler'],
  [0xfff0, 0xfffb, 'annotation control'],
  [0x1bca0, 0x1bca3, 'format control'],
  [0x1d173, 0x1d17a, 'format control'],
  [0xe0000, 0xe0fff, 'tag'],
  [0xf0000, 0x10ffff, 'private character'],
];

/** Whether any of them is in a text: mostly none is, and nothing has to be looked at twice. */
const ANY = new RegExp(
  `[${RANGES.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('')}]`,
  'u',
);

const PICTURE = /\p{Extended_Pictographic}|\p{Emoji_Component}/u;

/** A text in pieces: all of its words, and what a reader would not see. Line ends, tabs and whole emoji are words. */
export function textPieces(text: string): readonly TextPiece[] {
  const plain = text.replaceAll('\r\n', '\n');
  if (!ANY.test(plain)) return plain === '' ? [] : [plain];
  const characters = Array.from(plain);
  const pieces: TextPiece[] = [];
  let words = '';
  const endWords = (): void => {
    if (words !== '') pieces.push(words);
    words = '';
  };
  for (let at = 0; at < characters.length; at += 1) {
    const name = hiddenName(characters, at);
    if (name === undefined) {
      words += characters[at];
      continue;
    }
    endWords();
    const end = endOfRun(characters, at, name);
    pieces.push(hiddenPiece(characters.slice(at, end), name));
    at = end - 1;
  }
  endWords();
  return pieces;
}

/** How many characters of a text nobody sees. */
export function hiddenCount(text: string): number {
  return textPieces(text).reduce((sum, piece) => (typeof piece === 'string' ? sum : sum + piece.times), 0);
}

/** What is hidden at a place; undefined where something is seen. */
function hiddenName(characters: readonly string[], at: number): string | undefined {
  const code = characters[at]?.codePointAt(0) ?? 0;
  const range = RANGES.find(([from, to]) => code >= from && code <= to);
  if (range === undefined) return undefined;
  // An emoji is made of pictures, joined, with a hint at how to draw them.
  const joins = code === 0x200d && PICTURE.test(characters[at + 1] ?? '');
  if ((joins || code === 0xfe0f || code === 0xfe0e) && PICTURE.test(characters[at - 1] ?? '')) return undefined;
  if (joins && (characters[at - 1] ?? '') === '\ufe0f') return undefined;
  return NAMES[code] ?? range[2];
}

/** Tags and selectors are letters of a hidden message: all of it is one piece. Of others only the same are one. */
function endOfRun(characters: readonly string[], at: number, name: string): number {
  const together = name === 'tag' || name === 'variation selector';
  let end = at + 1;
  while (
    end < characters.length &&
    hiddenName(characters, end) === name &&
    (together || characters[end] === characters[at])
  )
    end += 1;
  return end;
}

function hiddenPiece(run: readonly string[], name: string): HiddenPiece {
  const codes = run.map((character) => character.codePointAt(0) ?? 0);
  const [first = 0] = codes;
  const says = codes
    .map((code) => (code >= 0xe0020 && code <= 0xe007e ? String.fromCharCode(code - 0xe0000) : ''))
    .join('');
  return {
    code: `U+${first.toString(16).toUpperCase().padStart(4, '0')}`,
    name,
    times: run.length,
    ...(says === '' ? {} : { says }),
  };
}
