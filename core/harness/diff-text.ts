import type { ComponentDiff } from '../learning/change.ts';
import { plainText } from '../plain-text.ts';
import type { DiffPart } from '../text-diff.ts';

/** Characters of what stayed the same that are shown before and after a change. */
const AROUND = 60;

const MARKS = { gone: ['[-', '-]'], new: ['{+', '+}'] } as const;

/** What became of a harness, for a terminal: words that went as `[-…-]` and that came as `{+…+}`, as `git diff --word-diff` writes them. */
export function diffText(diffs: readonly ComponentDiff[]): string {
  return diffs
    .map(
      ({ component, parts }) => `${component}\n${indented(parts.map((part, at) => marked(part, at, parts)).join(''))}`,
    )
    .join('\n\n');
}

function marked({ kind, text }: DiffPart, at: number, all: readonly DiffPart[]): string {
  const plain = plainText(text);
  if (kind !== 'same') return `${MARKS[kind][0]}${plain}${MARKS[kind][1]}`;
  const [first, last] = [at === 0, at === all.length - 1];
  const room = (first ? 0 : AROUND) + (last ? 0 : AROUND);
  if (plain.length <= room + 1) return plain;
  return `${first ? '' : plain.slice(0, AROUND)}…${last ? '' : plain.slice(-AROUND)}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
