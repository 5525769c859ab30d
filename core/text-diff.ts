/** A part of two texts that are held against each other: in both, only in the earlier, or only in the later. */
export interface DiffPart {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** Most words of a text that are held against each other one by one; the work grows with their square. */
const MOST_WORDS = 1200;

/** What became of a text, word by word: `same` and `gone` are the earlier, `same` and `new` the later. */
export function textDiff(before: string, after: string): readonly DiffPart[] {
  const [old, fresh] = [words(before), words(after)];
  const start = shared(old, fresh, (list, index) => list[index]);
  const end = Math.min(
    shared(old, fresh, (list, index) => list[list.length - 1 - index]),
    Math.min(old.length, fresh.length) - start,
  );
  const middle = between(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end));
  return joined([
    { kind: 'same', text: old.slice(0, start).join('') },
    ...middle,
    { kind: 'same', text: old.slice(old.length - end).join('') },
  ]);
}

function words(text: string): string[] {
  return text.match(/\s+|[^\s]+/g) ?? [];
}

function shared(
  old: readonly string[],
  fresh: readonly string[],
  at: (list: readonly string[], index: number) => string | undefined,
): number {
  const most = Math.min(old.length, fresh.length);
  let count = 0;
  while (count < most && at(old, count) === at(fresh, count)) count += 1;
  return count;
}

/** The longest common subsequence, by the textbook; texts that are too long for it are wholly replaced. */
function between(old: readonly string[], fresh: readonly string[]): DiffPart[] {
  if (old.length > MOST_WORDS || fresh.length > MOST_WORDS)
    return [
      { kind: 'gone', text: old.join('') },
      { kind: 'new', text: fresh.join('') },
    ];
  const width = fresh.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  const read = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = fresh.length - 1; j >= 0; j -= 1)
      longest[i * width + j] = old[i] === fresh[j] ? read(i + 1, j + 1) + 1 : Math.max(read(i + 1, j), read(i, j + 1));
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      parts.push({ kind: 'same', text: old[i] ?? '' });
      [i, j] = [i + 1, j + 1];
    } else if (j >= fresh.length || (i < old.length && read(i + 1, j) >= read(i, j + 1))) {
      parts.push({ kind: 'gone', text: old[i] ?? '' });
      i += 1;
    } else {
      parts.push({ kind: 'new', text: fresh[j] ?? '' });
      j += 1;
    }
  }
  return parts;
}

/** Parts as people read them: what changed in one place is one part that went and one that came, blanks within it included. */
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const result: DiffPart[] = [];
  let [gone, fresh] = ['', ''];
  const changed = (): void => {
    if (gone !== '') result.push({ kind: 'gone', text: gone });
    if (fresh !== '') result.push({ kind: 'new', text: fresh });
    [gone, fresh] = ['', ''];
  };
  const real = parts.filter(({ text }) => text !== '');
  for (const [index, { kind, text }] of real.entries()) {
    const within =
      kind === 'same' && text.trim() === '' && gone + fresh !== '' && (real[index + 1]?.kind ?? 'same') !== 'same';
    if (kind === 'gone' || within) gone += text;
    if (kind === 'new' || within) fresh += text;
    if (kind !== 'same' || within) continue;
    changed();
    const last = result.at(-1);
    if (last?.kind === 'same') result[result.length - 1] = { kind, text: last.text + text };
    else result.push({ kind, text });
  }
  changed();
  return result;
}
