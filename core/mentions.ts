/** Escapes of JSON, and what they stand for; any other character stands for itself. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** JSON in JSON in JSON: texts that are quoted deeper are not looked into. */
const DEEPEST = 3;

/**
 * Whether a text names a subject: in any case, however its letters are composed (NFC, NFD) and its words are spaced, and
 * also as JSON writes it. A name is whole words, so that `4711` is not found in `14711`; `insideWords` finds it there too.
 */
export function mentions(subject: string, insideWords: boolean): (text: string) => boolean {
  const words = subject.normalize('NFC').trim();
  const pattern = words.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`);
  const before = insideWords || !/^[\p{L}\p{N}]/u.test(words) ? '' : String.raw`(?<![\p{L}\p{M}\p{N}])`;
  const after = insideWords || !/[\p{L}\p{N}]$/u.test(words) ? '' : String.raw`(?![\p{L}\p{M}\p{N}])`;
  const named = new RegExp(`${before}${pattern}${after}`, 'iu');
  return (text) => {
    let shown = text;
    for (let depth = 0; depth <= DEEPEST; depth += 1) {
      if (named.test(shown.normalize('NFC'))) return true;
      if (!shown.includes('\\')) return false;
      shown = unescaped(shown);
    }
    return false;
  };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_all, code: string | undefined, character: string) =>
    code === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
