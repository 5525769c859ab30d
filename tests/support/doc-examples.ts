/** A fenced example of a page. What stands after the language says what to do with it. */
export type Example =
  /** Commands for the reader's terminal, all of which end well. */
  | { readonly kind: 'commands'; readonly line: number; readonly text: string }
  /** Commands for a terminal of their own, the last of which stays; it takes the place of the one before. */
  | { readonly kind: 'background'; readonly line: number; readonly text: string }
  /** A file to write. */
  | { readonly kind: 'file'; readonly line: number; readonly path: string; readonly text: string }
  /** Lines that the commands before printed, among others; `eventually` where they are asked again until they do. */
  | { readonly kind: 'output'; readonly line: number; readonly text: string; readonly eventually: boolean }
  /** Shown only; `language` says what it must be readable as. */
  | { readonly kind: 'shown'; readonly line: number; readonly language: string; readonly text: string };

/** The fenced examples of a Markdown page, in order. */
export function examplesOf(markdown: string): Example[] {
  const examples: Example[] = [];
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const opening = /^```(\S*) ?(.*)$/.exec(lines[index] ?? '');
    if (opening === null) continue;
    const end = lines.indexOf('```', index + 1);
    if (end === -1) throw new Error(`line ${index + 1}: a fence is never closed`);
    const text = lines.slice(index + 1, end).join('\n');
    examples.push(exampleOf(opening[1] ?? '', opening[2] ?? '', index + 1, text));
    index = end;
  }
  return examples;
}

function exampleOf(language: string, words: string, line: number, text: string): Example {
  const file = /^file=(\S+)$/.exec(words);
  if (file?.[1] !== undefined) return { kind: 'file', line, path: file[1], text: `${text}\n` };
  if (language === 'sh' && words === '') return { kind: 'commands', line, text };
  if (language === 'sh' && words === 'background') return { kind: 'background', line, text };
  if (words === 'output' || words === 'output eventually')
    return { kind: 'output', line, text, eventually: words === 'output eventually' };
  if (words === '') return { kind: 'shown', line, language, text };
  throw new Error(`line ${line}: nobody knows what to do with a fence marked "${words}"`);
}
