import type { DiffPart } from '../text-diff.ts';

const MARKS = { gone: ['[-', '-]'], new: ['{+', '+}'] } as const;

/** Places in a text where two characters would read as a mark. */
const LIKE_A_MARK = /(?<=\[)(?=-)|(?<=-)(?=\])|(?<=\{)(?=\+)|(?<=\+)(?=\})/g;

/** A part of a diff with its marks. */
const MARKED = /\[-(.*?)-\]|\{\+(.*?)\+\}/gs;

/**
 * A diff as a text: words that went as `[-…-]`, words that came as `{+…+}`, as `git diff --word-diff` writes them. What
 * looks like a mark in a text gets a blank between its two characters, so that nothing passes for a change that it is not.
 */
export function markedDiff(parts: readonly DiffPart[]): string {
  return parts
    .map(({ kind, text }) => {
      const plain = text.replaceAll(LIKE_A_MARK, ' ');
      return kind === 'same' ? plain : `${MARKS[kind][0]}${plain}${MARKS[kind][1]}`;
    })
    .join('');
}

/** The parts of what {@link markedDiff} wrote. */
export function partsOfDiff(marked: string): readonly DiffPart[] {
  const parts: DiffPart[] = [];
  let end = 0;
  for (const found of marked.matchAll(MARKED)) {
    const [all, gone, fresh = ''] = found;
    parts.push({ kind: 'same', text: marked.slice(end, found.index) });
    parts.push(gone === undefined ? { kind: 'new', text: fresh } : { kind: 'gone', text: gone });
    end = found.index + all.length;
  }
  parts.push({ kind: 'same', text: marked.slice(end) });
  return parts.filter(({ text }) => text !== '');
}
