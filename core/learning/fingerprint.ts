import type { Failure } from '../../contract/cluster.ts';
import type { Lesson } from '../../contract/lesson.ts';
import { assertNever } from '../assert-never.ts';
import { canonicalJson } from '../canonical.ts';
import { words } from '../reader/ngrams.ts';
import { isFields } from './expected.ts';

/** In which way a run went wrong, and who said so. */
export type Fingerprint = Pick<Failure, 'cluster' | 'feedback'>;

/** What a fingerprint is made from, besides the lesson. */
export interface FingerprintFacts {
  /** The answer of an output, where the loop's outputs are decisions. */
  readonly label: (output: unknown) => string | undefined;
  /** Names of the criteria that failed last; for runs that ended without a person. */
  readonly failing: readonly string[];
}

/** How clusters of notes begin. */
const SAID = 'said: ';

/** Cluster of rejections that say nothing. */
const NO_REASON = 'refused without a reason';

/** Longest fingerprint, in characters. */
const LONGEST = 200;

/** Words of a note that count; longer notes are told apart by these. */
const MOST_WORDS = 12;

/** Words that say nothing about what went wrong. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  `a an and are as at be but by can cannot could did do does for from had has have he her here his how i if in into is it
   its just me my no not of on or our out please she should so that the their them then there these they this those to too
   us very was we were what when which who will with would you your`.split(/\s+/),
);

/** The fingerprint of a lesson: undefined where nothing went wrong. The same in the same way is the same text. */
export function fingerprint(
  lesson: Pick<Lesson, 'kind' | 'text' | 'output' | 'predicted'>,
  { label, failing }: FingerprintFacts,
): Fingerprint | undefined {
  switch (lesson.kind) {
    case 'example':
    case 'correction': {
      const cluster = lesson.output === undefined ? told(lesson.text) : differing(lesson, label);
      return cluster === undefined ? undefined : human(cluster);
    }
    case 'rejection': {
      const answer = label(lesson.predicted);
      return human(told(lesson.text) ?? (answer === undefined ? NO_REASON : `answer: refused ${answer}`));
    }
    case 'exhausted':
    case 'stalled': {
      const criteria = [...new Set(failing)].toSorted().join(', ');
      return { cluster: cut(`${lesson.kind}: ${criteria === '' ? 'no verdict' : criteria}`), feedback: 'model' };
    }
    default:
      return assertNever(lesson.kind);
  }
}

function human(cluster: string): Fingerprint {
  return { cluster: cut(cluster), feedback: 'human' };
}

function differing(
  { output, predicted }: Pick<Lesson, 'output' | 'predicted'>,
  label: FingerprintFacts['label'],
): string | undefined {
  if (predicted === undefined) return undefined;
  const right = label(output);
  if (right !== undefined && right !== label(predicted)) return `answer: expected ${right}`;
  const fields = differences(predicted, output, '').toSorted();
  return fields.length === 0 ? undefined : `differs: ${[...new Set(fields)].join(', ')}`;
}

/** Paths of what differs between two values; a list differs as a whole. */
function differences(before: unknown, after: unknown, path: string): string[] {
  if (!isFields(before) || !isFields(after))
    return canonicalJson(before) === canonicalJson(after) ? [] : [path === '' ? 'output' : path];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    differences(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
}

/** What counts of a note: its words in any order, without numbers, names of things such as `T-4711`, and endings. */
function told(note: string): string | undefined {
  const plain = note.replaceAll(/\S*[\d@]\S*|\w+:\/\/\S+/gu, ' ');
  const counting = words(plain).filter((word) => !EMPTY_WORDS.has(word));
  const stems = [...new Set(counting.map(stem))].toSorted().slice(0, MOST_WORDS);
  return stems.length === 0 ? undefined : `${SAID}${stems.join(' ')}`;
}

/** From this share of common words on (Jaccard, 1901), two notes give the same reason. */
const SAME_REASON = 0.6;

/** The cluster of a note that gives the same reason in other words, where there is one among those that are known: the nearest; else its own. */
export function sameReason(cluster: string, known: Iterable<string>): string {
  const own = reasonWords(cluster);
  let best = { cluster, likeness: own === undefined ? Infinity : SAME_REASON };
  for (const other of known) {
    const likeness = own === undefined ? 0 : jaccard(own, reasonWords(other) ?? new Set());
    if (likeness >= best.likeness && (best.cluster === cluster || likeness > best.likeness))
      best = { cluster: other, likeness };
  }
  return best.cluster;
}

function reasonWords(cluster: string): ReadonlySet<string> | undefined {
  return cluster.startsWith(SAID) ? new Set(cluster.slice(SAID.length).split(' ')) : undefined;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length;
  return both / (a.size + b.size - both);
}

/** A word without the endings that do not change what it is about: `refunds`, `refunded` and `refund` are one. */
function stem(word: string): string {
  return word.replace(/(?<=\p{L}{4})(?:ing|ed|es|s|e)$/u, '');
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : text.slice(0, LONGEST);
}
