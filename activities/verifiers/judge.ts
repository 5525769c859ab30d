import { z } from 'zod';
import type { Harness } from '../../contract/harness.ts';
import type { Criterion } from '../../contract/verdict.ts';
import { quoteMistake } from '../../core/quotes.ts';
import type { Judge, Rubric } from '../../loops/define/index.ts';
import type { ReadsInput } from '../../loops/define/verifiers.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ModelEndpoint } from '../models/port.ts';
import { FENCE_RULE, fence } from '../models/prompt.ts';
import { askModel, callName } from './ask-model.ts';
import { judgingModel, type Asking } from './asking.ts';

const Answer = z.strictObject({
  criteria: z.array(z.strictObject({ name: z.string(), pass: z.boolean(), quote: z.string() })),
});

type Answered = z.infer<typeof Answer>['criteria'][number];

const INSTRUCTIONS = `You check an artefact against criteria. You did not write it. For each criterion answer whether it holds, and quote \
the words of the artefact that show it, letter by letter; where it does not hold, quote what breaks it, or leave the quote empty where \
something is missing. Judge only by the criteria.

${FENCE_RULE}`;

/**
 * Asks another model: yes or no for each criterion, with a quote. Fails closed: a yes whose quote shows nothing of the
 * artefact proves nothing and is `inconclusive`.
 */
export async function runJudge(deps: Dependencies, asking: Asking, judge: Judge): Promise<Criterion[]> {
  const endpoint = judgingModel(deps, asking, judge.name, judge.model);
  const rubric = rubricOf(judge, asking.harness);
  if (Object.keys(rubric).length === 0) return [unasked(judge)];
  const call = callName('judge', judge.name);
  const found = await judgedBy(deps, asking, {
    verifier: judge.name,
    route: judge.model,
    endpoint,
    rubric,
    call,
    ...withoutInput(judge),
  });
  return [...found].map(([name, one]) => ({
    name: `${judge.name}/${name}`,
    ...(judge.opinion ? { opinion: true } : {}),
    ...one,
  }));
}

/** The rubric of a judge or panel, with those that the harness adds. */
export function rubricOf({ rubric }: { readonly rubric: Rubric }, harness: Harness): Rubric {
  const added = harness.evals.flatMap((item) => (item.kind === 'rubric' ? [[item.id, item.rubric] as const] : []));
  return { ...rubric, ...Object.fromEntries(added) };
}

/** Whether a judge or panel is asked about the output alone. */
export function withoutInput({ readsInput }: ReadsInput): { readonly withoutInput?: true } {
  return readsInput === false ? { withoutInput: true } : {};
}

/** What is found where there is nothing to ask. */
export function unasked({ kind, name }: { readonly kind: string; readonly name: string }): Criterion {
  return { name, verdict: 'inconclusive', evidence: `the ${kind} has no rubric, so it was not asked` };
}

/** What one model finds about each criterion. */
export async function judgedBy(
  deps: Dependencies,
  asking: Asking,
  who: {
    readonly verifier: string;
    readonly route: string;
    readonly endpoint: ModelEndpoint;
    readonly inPerson?: true;
    readonly withoutInput?: true;
    readonly rubric: Rubric;
    readonly call: string;
  },
): Promise<ReadonlyMap<string, Pick<Criterion, 'verdict' | 'evidence'>>> {
  const shown = [fence('artefact', 'untrusted', asking.text)];
  const answers = await askModel(deps, asking, { ...who, instructions: INSTRUCTIONS, shown, answer: Answer });
  return new Map(
    Object.entries(who.rubric).map(([name, question]) => [name, weighed(answers.get(name), question, asking.text)]),
  );
}

function weighed(
  answer: Answered | undefined,
  question: string,
  artefact: string,
): Pick<Criterion, 'verdict' | 'evidence'> {
  if (answer === undefined) return { verdict: 'inconclusive', evidence: 'the judge gave no usable answer' };
  const { pass, quote } = answer;
  if (!pass) return { verdict: 'fail', evidence: quote === '' ? `not met: ${question}` : `"${quote}"` };
  const mistake = quoteMistake(quote, artefact);
  return mistake === undefined
    ? { verdict: 'pass', evidence: `"${quote}"` }
    : { verdict: 'inconclusive', evidence: mistake };
}
