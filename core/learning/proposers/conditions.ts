import { celValue, InvalidRule, parseRule, type Rule } from '../../rule.ts';
import { words } from '../../reader/ngrams.ts';
import type { PastAnswer } from './proposer.ts';

/** A CEL condition on a field of an input or an output, and whom it holds for. */
export interface Condition {
  readonly text: string;
  /** Answers that it holds for; one that it cannot be decided for counts, as an approval rule asks then. */
  readonly failures: readonly PastAnswer[];
  readonly right: readonly PastAnswer[];
}

/** What a condition may read. */
export type Subject = 'input' | 'output';

const FIELD = /^[a-zA-Z_]\w*$/;

/** Longest value that a condition quotes, in characters. */
const MOST_CHARACTERS = 80;

/** Most conditions that are tried on a field. */
const MOST_A_FIELD = 40;

/** Shortest word that a condition looks for, in characters: shorter ones are in every text. */
const WORD_CHARACTERS = 4;

/**
 * The conditions of one comparison that hold for failures, each with whom else it holds for; those that tell failures
 * from right answers best come first. What a field must equal, exceed or contain is read off the failures themselves.
 */
export function conditionsFor(
  failures: readonly PastAnswer[],
  right: readonly PastAnswer[],
  subjects: readonly Subject[],
): readonly Condition[] {
  const texts = new Set(subjects.flatMap((subject) => textsFor(failures, subject)));
  return [...texts]
    .flatMap((text) => {
      const rule = readRule(text);
      if (rule === undefined) return [];
      const holds = (answer: PastAnswer): boolean => {
        const decided = rule(bindingsOf(answer));
        return 'error' in decided || decided.value;
      };
      return [{ text, failures: failures.filter(holds), right: right.filter(holds) }];
    })
    .toSorted((a, b) => gainOf(b) - gainOf(a) || a.right.length - b.right.length || a.text.length - b.text.length);
}

/** Undefined for the few fields that are named by a word of CEL's own. */
function readRule(text: string): Rule | undefined {
  try {
    return parseRule(text, ['input', 'output']);
  } catch (error) {
    if (error instanceof InvalidRule) return undefined;
    throw error;
  }
}

/** Failures that a condition holds for, less the right answers that it holds for too. */
export function gainOf({ failures, right }: Condition): number {
  return failures.length - right.length;
}

/** Answers as CEL takes them: they are looked at many times, and converted once. */
const converted = new WeakMap<PastAnswer, Record<Subject, unknown>>();

/** The variables of a rule over an answer. */
export function bindingsOf(answer: PastAnswer): Record<Subject, unknown> {
  const bindings = converted.get(answer) ?? { input: celValue(answer.input), output: celValue(answer.output) };
  converted.set(answer, bindings);
  return bindings;
}

function textsFor(failures: readonly PastAnswer[], subject: Subject): readonly string[] {
  const values = new Map<string, unknown[]>();
  for (const answer of failures)
    for (const [field, value] of Object.entries((answer[subject] ?? {}) as Record<string, unknown>))
      if (FIELD.test(field)) values.set(field, [...(values.get(field) ?? []), value]);
  return [...values].flatMap(([field, found]) => {
    const path = `${subject}.${field}`;
    const guard = found.length < failures.length ? `has(${path}) && ` : '';
    return comparisons(path, found, subject).map((text) => `${guard}${text}`);
  });
}

function comparisons(path: string, values: readonly unknown[], subject: Subject): readonly string[] {
  const numbers = values.filter((value) => typeof value === 'number');
  const texts = values.filter((value) => typeof value === 'string');
  const truths = [...new Set(values.filter((value) => typeof value === 'boolean'))];
  return [
    ...cuts(numbers).flatMap((cut) => [`${path} < ${above(cut)}`, `${path} >= ${cut}`]),
    ...often(texts.filter(isQuotable)).map((text) => `${path} == ${JSON.stringify(text)}`),
    // What an output says in its sentences is for evals; what an input does, tells kinds of work apart.
    ...(subject === 'input'
      ? often(texts.flatMap(wordsIn)).map((word) => `${path}.contains(${JSON.stringify(word)})`)
      : []),
    ...truths.map((truth) => `${path} == ${truth}`),
  ];
}

/** Different ones of the numbers, ascending: at most {@link MOST_A_FIELD} / 2, spread evenly, and the largest. */
export function cuts(numbers: readonly number[]): readonly number[] {
  const sorted = [...new Set(numbers.filter(Number.isFinite))].toSorted((a, b) => a - b);
  const step = Math.max(1, Math.ceil(sorted.length / (MOST_A_FIELD / 2)));
  return sorted.filter((_, index) => index % step === 0 || index === sorted.length - 1);
}

/** The next hundredth above a number: people read two decimals. */
function above(value: number): number {
  return (Math.floor(value * 100) + 1) / 100;
}

/** Values that come more than once, the most frequent first. */
function often(values: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_A_FIELD)
    .map(([value]) => value);
}

function isQuotable(text: string): boolean {
  return text.length > 0 && text.length <= MOST_CHARACTERS && !/[\p{Cc}\p{Cf}]/u.test(text);
}

/** The words of a text, once each and as they are written there: CEL looks for exactly these characters. */
function wordsIn(text: string): readonly string[] {
  return [...new Set(words(text))].filter((word) => word.length >= WORD_CHARACTERS && text.includes(word));
}
