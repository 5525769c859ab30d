import { createHash } from 'node:crypto';
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { z } from 'zod';
import { failure } from '../../contract/failures.ts';
import { canonicalJson } from '../../core/canonical.ts';
import type { Rubric } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { demandQueue } from '../elsewhere.ts';
import { MODEL_TIMEOUT_MS } from '../metered-call.ts';
import { askRoute } from '../models/failover.ts';
import type { ModelEndpoint, ModelRequest } from '../models/port.ts';
import { fence } from '../models/prompt.ts';
import { isAuthor, type Asking } from './asking.ts';

/** A question to a judging model. Its answer has one entry for each criterion. */
export interface Question<T extends { readonly name: string }> {
  /** The verifier's name, for messages. */
  readonly verifier: string;
  /** What no other question about the artefact is called, see {@link callName}. */
  readonly call: string;
  /** Route of the model that is asked, and the model. */
  readonly route: string;
  readonly endpoint: ModelEndpoint;
  /** Nobody may stand in for it: it is asked for its own opinion beside others'. */
  readonly inPerson?: true;
  /** Who else made something of what it is shown; neither may a model of theirs stand in. */
  readonly otherAuthor?: string | undefined;
  /** It is asked about the artefact alone. */
  readonly withoutInput?: true;
  readonly rubric: Rubric;
  readonly instructions: string;
  /** What it is shown besides the criteria, fenced. */
  readonly shown: readonly string[];
  readonly answer: z.ZodType<{ readonly criteria: readonly T[] }>;
}

/** A name for a call in the ledger that is made of authors' names and cannot be mistaken for another. */
export function callName(kind: string, ...names: readonly string[]): string {
  return `${kind}:${names.map((name) => name.replaceAll('~', '~~')).join('~')}`;
}

/**
 * Asks a model about the criteria of a rubric; its answer by criterion. What it answered before, to the same question
 * about the same artefact, is the answer. An answer that cannot be used is asked for once more, with what was wrong, in
 * a call of its own. This is the only place where a judge's call is made.
 * @throws `VerifierError` where the second answer cannot be used either, and what the call raises.
 */
export async function askModel<T extends { readonly name: string }>(
  deps: Dependencies,
  asking: Asking,
  question: Question<T>,
): Promise<ReadonlyMap<string, T>> {
  const request = requestOf(asking, question);
  const asked = `${question.call}@${digestOf(question.endpoint, request)}`;
  const known = readAnswer(question, asking.kept.find(asked));
  if (known.kind === 'usable') return known.criteria;
  // A person waits for an edit to be verified: that is done where it is.
  if (!asking.edited) demandQueue(deps, question.route);
  const { stage, attempt } = asking;
  const ask = async (call: string, prompt: string): Promise<Read<T>> => {
    let read: Read<T> | undefined;
    const key = { stage, attempt, call: ownName(asking, call) };
    const { reply } = await askRoute(deps, {
      run: asking.run,
      key,
      route: question.route,
      request: { ...request, prompt },
      except: (other) =>
        [asking.author, question.otherAuthor].some((author) => author !== undefined && isAuthor(deps, other, author)) ||
        (question.inPerson === true && other !== question.endpoint),
      alongside: async ({ text }) => {
        read = readAnswer(question, text);
        if (read.kind === 'usable') await asking.kept.keep(asked, text);
      },
    });
    return read ?? readAnswer(question, reply.text);
  };
  const first = await ask(question.call, request.prompt);
  if (first.kind === 'usable') return first.criteria;
  const mended = await ask(`${question.call}~repair`, `${request.prompt}\n\n${mend(first.because)}`);
  if (mended.kind === 'usable') return mended.criteria;
  throw failure(
    'VerifierError',
    `${question.verifier} broke: ${question.endpoint.model} was asked twice and gave no usable answer: ${mended.because}`,
  );
}

/** The call's name in the ledger: an edit is verified again under the same attempt, and what is asked again beside the work itself. */
function ownName({ edited, again }: Asking, call: string): string {
  if (edited) return `${call}~edit:${activityInfo().activityId}`;
  return again === undefined ? call : `${call}~${again}`;
}

function requestOf<T extends { readonly name: string }>(asking: Asking, question: Question<T>): ModelRequest {
  const criteria = Object.entries(question.rubric).map(([name, text]) => `- ${name}: ${text}`);
  return {
    instructions: question.instructions,
    prompt: [
      `Criteria:\n${criteria.join('\n')}`,
      ...(question.withoutInput === true ? [] : [fence('input', 'untrusted', JSON.stringify(asking.input))]),
      ...question.shown,
    ].join('\n\n'),
    schemaName: 'verdict',
    schema: z.toJSONSchema(question.answer) as Record<string, unknown>,
    maxOutputTokens: asking.harness.limits.tokens,
    timeoutMs: MODEL_TIMEOUT_MS,
    signal: cancellationSignal(),
  };
}

/** The mistake quotes the answer, so it is data. */
function mend(because: string): string {
  return `Your last answer could not be used. Answer again, each criterion once, by its name:\n${fence('mistake', 'untrusted', because)}`;
}

/** What the same question is known by; another model or another rubric makes it another one. */
function digestOf({ model }: ModelEndpoint, { instructions, prompt, schema }: ModelRequest): string {
  return createHash('sha256').update(canonicalJson({ model, instructions, prompt, schema })).digest('hex').slice(0, 16);
}

type Read<T> =
  | { readonly kind: 'usable'; readonly criteria: ReadonlyMap<string, T> }
  | { readonly kind: 'unusable'; readonly because: string };

/** An answer by criterion, where it has each of them once. */
function readAnswer<T extends { readonly name: string }>(
  { answer, rubric }: Question<T>,
  text: string | undefined,
): Read<T> {
  const parsed = parse(text);
  if (parsed === undefined) return { kind: 'unusable', because: 'it is no JSON' };
  const result = answer.safeParse(parsed.value);
  if (!result.success)
    return { kind: 'unusable', because: `it does not fit the schema: ${z.prettifyError(result.error)}` };
  const { criteria } = result.data;
  for (const name of Object.keys(rubric)) {
    const count = criteria.filter((one) => one.name === name).length;
    if (count !== 1) return { kind: 'unusable', because: `it answers criterion \`${name}\` ${count} times` };
  }
  return { kind: 'usable', criteria: new Map(criteria.map((one) => [one.name, one])) };
}

function parse(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
