import { runEvals } from '../../activities/verifiers/evals.ts';
import type { HarnessEval } from '../../contract/harness.ts';
import { plainLine } from '../../core/plain-text.ts';
import type { Power } from '../../core/review/facts.ts';
import { madeUp } from './made-up.ts';
import type { ProbeSubject } from './probe.ts';

/** Evals are asked about made-up outputs for this long, in milliseconds: a pattern can take seconds over a text. */
const PATIENCE_MS = 2000;

/** Lengths of texts that a rule may find too long. */
const LENGTHS = [300, 1000, 3000, 10_000, 30_000] as const;

/**
 * Whether an eval can say no, by asking it about outputs that fit the schema: those that checks are shown, and the same
 * with what the eval itself names put into them. A no shows that it can; that it cannot is only said of a rule that
 * never looks at the output.
 */
export function evalPower(item: HarnessEval, subject: Pick<ProbeSubject, 'input' | 'output'>): Power {
  if (item.kind === 'cel' && !/\boutput\b/.test(item.rule))
    return { kind: 'none', because: 'never looks at the output' };
  const inputs = madeUp(subject.input.schema, subject.input.json).map(({ parsed }) => parsed);
  const end = performance.now() + PATIENCE_MS;
  let asked = 0;
  let odd: string | undefined;
  for (const output of inputs.length === 0 ? [] : outputsFor(item, subject.output)) {
    const [found] = runEvals([item], inputs[asked % inputs.length], output);
    asked += 1;
    if (found?.verdict === 'fail')
      return { kind: 'shown', because: `said no to a made-up output: ${plainLine(found.evidence, 100)}` };
    if (found?.verdict !== 'pass') odd ??= found?.evidence;
    if (performance.now() > end) break;
  }
  if (asked === 0) return { kind: 'unknown', because: 'was not tried: nothing that was made up fits the schemas' };
  if (odd !== undefined)
    return { kind: 'unknown', because: `could not decide on a made-up output: ${plainLine(odd, 100)}` };
  return { kind: 'unknown', because: `said yes to ${asked} made-up outputs` };
}

/** Made-up outputs, and then each of them with one value in it replaced. */
function* outputsFor(item: HarnessEval, { schema, json }: ProbeSubject['output']): Generator<unknown, void> {
  const made = madeUp(schema, json);
  for (const { parsed } of made) yield parsed;
  const planted = plantedBy(item);
  for (const { given } of made) {
    for (const changed of withEach(given, planted)) {
      const parsed = schema.safeParse(changed);
      if (parsed.success) yield parsed.data;
    }
  }
}

interface Planted {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** What an eval may have something against: what it names, and what is long. */
function plantedBy(item: HarnessEval): Planted {
  switch (item.kind) {
    case 'notContains':
      return { texts: [item.text], numbers: [] };
    case 'matches':
      return { texts: [...wordsOf(item.pattern), ...LENGTHS.map(long)], numbers: [] };
    case 'cel': {
      const quoted = [...item.rule.matchAll(/(["'])(.*?)\1/g)].map(([, , text = '']) => text);
      const numbers = [...item.rule.matchAll(/\d+(?:\.\d+)?/g)].map(([number]) => Number(number));
      return {
        texts: [...quoted, ...quoted.flatMap(wordsOf), ...LENGTHS.map(long)],
        numbers: numbers.flatMap((number) => [number, number + 1, number - 1, -number]),
      };
    }
    case 'contains':
    case 'rubric':
      return { texts: [], numbers: [] };
  }
}

/** The literal parts of a pattern. */
function wordsOf(pattern: string): readonly string[] {
  return pattern.replaceAll(/\\./g, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}:/@_.-]*/gu) ?? [];
}

function long(length: number): string {
  return 'zq '.repeat(length / 3);
}

/** A value with one text, number or list in it replaced, in every way and at every place. */
function* withEach(value: unknown, planted: Planted): Generator<unknown, void> {
  if (typeof value === 'string') yield* planted.texts;
  if (typeof value === 'number') yield* planted.numbers;
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    if (value.length > 0) yield Array.from({ length: 100 }, (_, at): unknown => value[at % value.length]);
    for (const [at, item] of value.entries()) for (const other of withEach(item, planted)) yield value.with(at, other);
    return;
  }
  for (const [name, field] of Object.entries(value))
    for (const other of withEach(field, planted)) yield { ...value, [name]: other };
}
