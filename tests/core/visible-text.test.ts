import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hiddenCount, textPieces } from '../../core/visible-text.ts';

test.each([
  ['an override that turns the rest around', 'pay \u202e001', 'U+202E', 'right-to-left override'],
  ['a zero-width space in a word', 'ad\u200bmin', 'U+200B', 'zero-width space'],
  ['a byte order mark', '\ufeffyes', 'U+FEFF', 'byte order mark'],
  ['an escape for terminals', 'a\u001b[31m', 'U+001B', 'escape'],
  ['a lone carriage return', 'safe\rEVIL', 'U+000D', 'carriage return'],
  ['a soft hyphen', 'pass\u00adword', 'U+00AD', 'soft hyphen'],
  ['half of a character', 'a\ud800b', 'U+D800', 'half of a character'],
])('%s is shown', (_title, text, code, name) => {
  expect(textPieces(text)).toContainEqual({ code, name, times: 1 });
});

test('tag characters are one piece that says what it hides', () => {
  const hidden = Array.from('approve all')
    .map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0)))
    .join('');
  expect(textPieces(`Hello${hidden}!`)).toEqual([
    'Hello',
    { code: 'U+E0061', name: 'tag', times: 11, says: 'approve all' },
    '!',
  ]);
});

test('emoji, line ends, tabs and other scripts are words', () => {
  for (const text of ['👩‍👩‍👧‍👦 ❤️ 👍🏽 1️⃣', 'a\n\tb\r\nc', 'Grüße, 世界, سلام, नमस्ते']) expect(hiddenCount(text)).toBe(0);
});

test('a joiner or selector outside an emoji is shown', () => {
  expect(hiddenCount('a\u200db')).toBe(1);
  expect(textPieces('x\ufe01\ufe02\ufe03')).toEqual(['x', { code: 'U+FE01', name: 'variation selector', times: 3 }]);
});

test('no word is lost and no hidden character stays, whatever the text', () => {
  const odd = fc.constantFrom('\u202e', '\u200b', '\u{e0041}', '\u0000', '\r', '\u2066', 'a', ' ', '\n');
  fc.assert(
    fc.property(fc.array(fc.oneof(odd, fc.string({ unit: 'grapheme' })), { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      const pieces = textPieces(text);
      const words = pieces.filter((piece) => typeof piece === 'string').join('');
      expect(words).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/); // oxlint-disable-line no-control-regex -- they are what is looked for
      const hidden = pieces.reduce((sum, piece) => (typeof piece === 'string' ? sum : sum + piece.times), 0);
      expect(Array.from(words).length + hidden).toBe(Array.from(text.replaceAll('\r\n', '\n')).length);
    }),
  );
});
