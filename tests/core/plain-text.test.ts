import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainCommand, plainLine, plainText } from '../../core/plain-text.ts';

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u009b2Jgone', 'gone'],
  ['\u001b]0;a title\u0007text', 'text'],
  ['\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
  ['\u001bPq#0\u001b\\x', 'x'],
  ['over\rwritten', 'overwritten'],
  ['bell\u0007 back\b del\u007f', 'bell back del'],
  ['safe\u202Etxt.exe', 'safetxt.exe'],
  ['ze\u200bro', 'zero'],
  ['two\r\nlines\tand a tab', 'two\nlines\tand a tab'],
  ['Größe 😀 日本', 'Größe 😀 日本'],
])('%j is shown as %j', (text, shown) => {
  expect(plainText(text)).toBe(shown);
});

test('whatever comes in, nothing comes out that a terminal obeys', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('\u001b', '[', ']', '\u009b', '\u0007', '\\', 'P', '0', ';', 'm', 'a', '\n', '\r', '\u202e'),
  });
  fc.assert(
    fc.property(hostile, (text) => {
      // oxlint-disable-next-line no-control-regex -- they are what must be gone
      expect(plainText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }),
  );
});

test('a line is one line, and as long as it may be', () => {
  expect(plainLine('  a\n\tb\u001b[2J  c ', 80)).toBe('a b c');
  expect(plainLine('😀😀😀😀', 3)).toBe('😀😀…');
});

test('a command keeps its words, and says in JSON what a terminal would obey', () => {
  const output = { reply: 'two  spaces\nand \u009b2J, \u202eback' };
  const shown = plainCommand(`--input '${JSON.stringify(output)}'`);
  expect(shown).not.toMatch(/[\u0080-\u009f\u202e]/);
  expect(JSON.parse(shown.slice("--input '".length, -1))).toEqual(output);
});
