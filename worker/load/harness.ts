import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { APPROVAL_VARIABLES } from '../../activities/evaluate.ts';
import { ROUTING_VARIABLES } from '../../activities/route.ts';
import { EVAL_VARIABLES } from '../../activities/verifiers/evals.ts';
import { failure } from '../../contract/failures.ts';
import { Harness } from '../../contract/harness.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import { celMistakes } from './cel-mistakes.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** File in a loop's folder with what learning may change. */
export const HARNESS_FILE = 'harness.yaml';

/**
 * Reads and checks a loop's `harness.yaml`: schema, rules, patterns.
 * @throws `InvalidHarness` with every mistake: file, line, field, rule and fix.
 */
export async function loadHarness(folder: string): Promise<Harness> {
  const file = join(folder, HARNESS_FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // An unread harness would be one without approval.
    if (error.code !== 'ENOENT') throw failure('InvalidHarness', `${file} cannot be read: ${error.message}`);
    return undefined;
  });
  return parseHarness(text, file);
}

/** Checks the text of a harness, as {@link readHarness} reads it. @throws as {@link loadHarness}. */
export function parseHarness(text: string | undefined, file: string): Harness {
  const { value, mistakes } = readHarness(text, file);
  if (value !== undefined && mistakes.length === 0) return value;
  throw failure('InvalidHarness', mistakes.map(mistakeLine).join('\n'));
}

/**
 * A harness as it was read, with every mistake in it; `file` is what messages call it. Undefined is no file: every
 * default. A file that says nothing is a mistake, because that is how one looks that was cut off while it was written,
 * and the defaults ask no person. `{}` says that the defaults are meant.
 */
export function readHarness(text: string | undefined, file: string): YamlFile<Harness> {
  const read = readYaml(text ?? '{}', file, Harness);
  if (read.raw === null) {
    const fix = 'Write what it should say; for every default delete the file, or write `{}`.';
    return { ...read, value: undefined, mistakes: [read.mistake([], 'says nothing', fix)] };
  }
  const mistakes = [...read.mistakes, ...rulesMistakes(Rules.parse(read.raw), read)];
  return { ...read, mistakes: mistakes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

const text = z.string().optional().catch(undefined);

const names = z.array(z.string()).optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const tier = z.object({ when: text, approvers: names, quorum: number }).partial();

/** What of a harness has rules beyond its schema, read from any value: a mistake elsewhere hides none of these. */
const Rules = z
  .object({
    approval: z
      .object({ when: text, approvers: names, quorum: number, tiers: z.array(tier.catch({})).catch([]) })
      .partial()
      .catch({}),
    routing: z
      .array(z.object({ when: text, atLeast: z.unknown().optional() }).catch({ when: undefined, atLeast: undefined }))
      .catch([]),
    evals: z.array(z.object({ id: text, kind: text, rule: text, pattern: text }).partial().catch({})).catch([]),
  })
  .catch({ approval: {}, routing: [], evals: [] });
type Rules = z.infer<typeof Rules>;

type At = Pick<YamlFile<Harness>, 'mistake'>;

function* rulesMistakes(harness: Rules, at: At): Generator<Mistake, void> {
  yield* approvalMistakes(harness.approval, at);
  yield* routingMistakes(harness, at);
  const ids = harness.evals.map(({ id }) => id);
  for (const [index, item] of harness.evals.entries()) {
    if (item.id !== undefined && ids.indexOf(item.id) < index)
      yield at.mistake(
        ['evals', index, 'id'],
        `two evals have the id "${item.id}"`,
        'Give each its own: verdicts are kept by it.',
      );
    if (item.kind === 'cel' && item.rule) yield* celMistakes(item.rule, EVAL_VARIABLES, ['evals', index, 'rule'], at);
    if (item.kind === 'matches' && item.pattern) yield* patternMistakes(item.pattern, ['evals', index, 'pattern'], at);
  }
}

function* approvalMistakes({ when, tiers = [], ...all }: Rules['approval'], at: At): Generator<Mistake, void> {
  if (when !== undefined) yield* celMistakes(when, APPROVAL_VARIABLES, ['approval', 'when'], at);
  yield* quorumMistakes(all, ['approval', 'quorum'], at);
  for (const [index, own] of tiers.entries()) {
    const path = ['approval', 'tiers', index];
    if (own.when) yield* celMistakes(own.when, APPROVAL_VARIABLES, [...path, 'when'], at);
    const { approvers = all.approvers, quorum = all.quorum } = own;
    if (own.approvers !== undefined || own.quorum !== undefined)
      yield* quorumMistakes({ approvers, quorum }, [...path, 'quorum'], at);
  }
}

/** More approvals than there are people: such a gate could only expire. */
function* quorumMistakes(
  { approvers = ['*'], quorum = 1 }: { approvers?: string[] | undefined; quorum?: number | undefined },
  path: readonly PropertyKey[],
  at: At,
): Generator<Mistake, void> {
  const people = new Set(approvers);
  if (quorum <= people.size || approvers.some((one) => one === '*' || one.startsWith('role:'))) return;
  yield at.mistake(
    path,
    `${quorum} people have to approve, and ${people.size} may: ${[...people].join(', ')}`,
    'Name more in `approvers`, a role (`role:<role>`), or `*`; or lower `quorum`.',
  );
}

function* routingMistakes({ routing }: Rules, at: At): Generator<Mistake, void> {
  const last = routing.length - 1;
  for (const [index, { when, atLeast }] of routing.entries()) {
    if (when !== undefined) yield* celMistakes(when, ROUTING_VARIABLES, ['routing', index, 'when'], at);
    else if (index < last && atLeast === undefined)
      yield at.mistake(
        ['routing', index],
        'a rule without `when` always holds, so those after it are never reached',
        'Put it last, or give it a `when`.',
      );
  }
  if (routing[last]?.atLeast !== undefined)
    yield at.mistake(
      ['routing', last],
      'the last rule has `atLeast`: where the learner is less sure there is no model',
      'End `routing` with `- model: default`, without `atLeast`.',
    );
  else if (routing[last]?.when !== undefined)
    yield at.mistake(
      ['routing', last],
      'the last rule has a `when`: where no rule holds there is no model',
      'End `routing` with `- model: default`, without `when`.',
    );
}

function* patternMistakes(pattern: string, path: readonly PropertyKey[], at: At): Generator<Mistake, void> {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    yield at.mistake(
      path,
      `pattern \`${pattern}\`: ${(error as Error).message.replace(/^Invalid regular expression: \/.*\/u: /s, '')}`,
      'Write a JavaScript regular expression (flag u), without slashes around it.',
    );
  }
}
