import type { HarnessEval } from '../../../contract/harness.ts';
import { fnv1a } from '../../reader/ngrams.ts';
import { caseIds, failuresOf, FEWEST_FAILURES, isPattern, manifestOf, nothing, rightOf } from './proposer.ts';
import type { Draft, Ground, PastAnswer, Proposer } from './proposer.ts';

const NAME = 'repeated-rejection';

/** As many right answers at least have to show that a phrase is no part of what is right. */
const FEWEST_RIGHT = 5;

/** Longest phrase, in words. */
const MOST_WORDS = 5;

/** Shortest phrase, in characters: what is shorter is in many texts by chance. */
const FEWEST_CHARACTERS = 4;

/** Longest text whose phrases are looked at, in characters. */
const MOST_CHARACTERS = 20_000;

/** A text that rejected outputs share and right ones never have must not come again; one that only right ones have must be there. */
export const repeatedRejection: Proposer = {
  name: NAME,
  change: 'eval',
  propose(ground) {
    const [failures, right] = [failuresOf(ground), rightOf(ground)];
    if (failures.length < FEWEST_FAILURES)
      return nothing(`${failures.length} wrong answers, and fewer than ${FEWEST_FAILURES} are no pattern`);
    if (right.length < FEWEST_RIGHT)
      return nothing(`${right.length} right answers: too few to say what right ones never have`);
    const fields = [...new Set(failures.flatMap(({ output }) => textFields(output)))];
    const drafts = fields.flatMap((field) => draftsFor(ground, field, failures, right));
    return drafts.length === 0
      ? nothing('no phrase is in several wrong answers and in no right one, nor in all right ones and in no wrong one')
      : { kind: 'drafts', drafts: drafts.toSorted((a, b) => b.gain - a.gain) };
  },
};

function textFields(output: unknown): readonly string[] {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return [];
  return Object.entries(output).flatMap(([field, value]) => (typeof value === 'string' ? [field] : []));
}

function textOf({ output }: PastAnswer, field: string): string {
  const value = (output as Record<string, unknown> | null)?.[field];
  return typeof value === 'string' ? value.slice(0, MOST_CHARACTERS) : '';
}

function draftsFor(
  ground: Ground,
  field: string,
  failures: readonly PastAnswer[],
  right: readonly PastAnswer[],
): readonly Draft[] {
  const wrongTexts = failures.map((answer) => textOf(answer, field));
  const rightTexts = right.map((answer) => textOf(answer, field));
  // A field of a few fixed answers is a label: which one is right depends on the input.
  if (new Set([...wrongTexts, ...rightTexts]).size < (failures.length + right.length) / 2) return [];
  const caught = (text: string): readonly PastAnswer[] => failures.filter((_, at) => wrongTexts[at]?.includes(text));
  const missing = (text: string): readonly PastAnswer[] => failures.filter((_, at) => !wrongTexts[at]?.includes(text));
  const bad = longest(
    phrasesIn(wrongTexts, FEWEST_FAILURES).filter(
      (text) => isPattern(caught(text).length, failures.length) && !rightTexts.some((one) => one.includes(text)),
    ),
  );
  const good = longest(
    phrasesIn(rightTexts, rightTexts.length).filter((text) => isPattern(missing(text).length, failures.length)),
  );
  return [
    ...bad.map((text) =>
      draftOf(ground, { id: idOf('without', text), kind: 'notContains', field, text }, caught(text)),
    ),
    ...good.map((text) => draftOf(ground, { id: idOf('with', text), kind: 'contains', field, text }, missing(text))),
  ].filter(({ harness }) => harness.evals.length > ground.harness.evals.length);
}

function draftOf(ground: Ground, item: Extract<HarnessEval, { text: string }>, failures: readonly PastAnswer[]): Draft {
  const { harness } = ground;
  const known = harness.evals.some(({ id }) => id === item.id);
  const verb = item.kind === 'contains' ? 'has to contain' : 'must not contain';
  return {
    change: 'eval',
    harness: known ? harness : { ...harness, evals: [...harness.evals, item] },
    manifest: manifestOf(NAME, ground, {
      summary: `\`${item.field}\` ${verb} "${item.text}": ${failures.length} refused answers would have been caught, and no right one.`,
      fixes: caseIds(failures),
      risks: [
        `An answer that ${item.kind === 'contains' ? 'says it in other words' : 'quotes it rightly'} would be refused; it costs another attempt each time.`,
      ],
    }),
    gain: failures.length,
  };
}

/** Phrases of up to {@link MOST_WORDS} words that are in at least so many texts, exactly as they are written, the most frequent first. */
function phrasesIn(texts: readonly string[], atLeast: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const phrase of new Set(phrasesOf(text))) counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= atLeast)
    .toSorted(([a, m], [b, n]) => n - m || b.length - a.length || (a < b ? -1 : 1))
    .map(([phrase]) => phrase);
}

function phrasesOf(text: string): string[] {
  const found = [...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)];
  return found.flatMap((first, at) =>
    found.slice(at, at + MOST_WORDS).flatMap((last) => {
      const phrase = text.slice(first.index, last.index + last[0].length);
      return phrase.length < FEWEST_CHARACTERS || /[\n\r]/.test(phrase) ? [] : [phrase];
    }),
  );
}

/** The few best phrases; one that is part of a longer one says less. */
function longest(phrases: readonly string[]): readonly string[] {
  const few = phrases.slice(0, 50);
  return few.filter((one) => !few.some((other) => other !== one && other.includes(one))).slice(0, 3);
}

/** Verdicts are kept by it, so another phrase has another one. */
function idOf(what: string, text: string): string {
  const readable = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return `${what}-${readable}-${fnv1a(text).toString(16)}`;
}
