/** Widest line, in characters. */
const WIDTH = 80;

/** Text after a beginning, wrapped; later lines are indented. A word that is longer than a line stays whole. */
export function hung(begin: string, text: string, indent: number): string {
  const lines: string[] = [];
  let line = begin.trimEnd();
  let gap = ' '.repeat(begin.length - line.length);
  for (const word of text.split(/\s+/)) {
    if (line.length + gap.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line);
      line = ' '.repeat(indent);
      gap = '';
    }
    line += gap + word;
    gap = ' ';
  }
  return [...lines, line].join('\n');
}
