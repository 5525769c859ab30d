/** Escape sequences that a terminal obeys, ended as they should be or by the end of the text: CSI, then OSC, DCS, APC, PM and SOS. */
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)/g;

/** What is left of control characters, and what turns or hides text: bidirectional overrides, zero-width characters, Unicode's own line ends. */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text that came from outside, as a terminal may show it: nothing in it is obeyed. Line ends and tabs stay. */
export function plainText(text: string): string {
  return text.replaceAll(SEQUENCES, '').replaceAll('\r\n', '\n').replaceAll(CONTROLS, '');
}

/** The same on one line, cut to at most `longest` characters. */
export function plainLine(text: string, longest: number): string {
  const characters = Array.from(plainText(text).replaceAll(/\s+/g, ' ').trim());
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest - 1).join('')}…`;
}

/** A command that can be pasted: what a terminal would obey stands in it as JSON writes it, `\u001b`, which is the same to whoever reads the JSON. */
export function plainCommand(command: string): string {
  return command
    .replaceAll(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll(/[\n\t]/g, ' ');
}
