import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { z } from 'zod';
import { failure } from '../../contract/failures.ts';
import type { Harness } from '../../contract/harness.ts';
import type { PinnedRun } from '../../contract/run.ts';
import type { Criterion } from '../../contract/verdict.ts';
import type { Judge } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { meteredCall, MODEL_TIMEOUT_MS } from '../metered-call.ts';
import { FENCE_RULE, fence } from '../models/prompt.ts';

const Answer = z.strictObject({
  criteria: z.array(z.strictObject({ name: z.string(), pass: z.boolean(), quote: z.string() })),
});

const INSTRUCTIONS = `You check an artefact against criteria. You did not write it. For each criterion answer whether it holds, and quote \
the words of the artefact that show it, letter by letter; where it does not hold, quote what breaks it, or leave the quote empty where \
something is missing. Judge only by the criteria.

${FENCE_RULE}`;

/** What a judge has to know of the attempt it judges. */
interface Judged {
  readonly run: PinnedRun;
  readonly stage: string;
  readonly attempt: number;
  /** Set for a person's edit. */
  readonly edit?: unknown;
}

/**
 * Asks another model: yes or no for each criterion, with a quote. Fails closed: a missing answer, two answers, or a
 * yes whose quote is not in the artefact, prove nothing and are `inconclusive`.
 */
export async function runJudge(
  deps: Dependencies,
  request: Judged,
  judge: Judge,
  subject: { readonly harness: Harness; readonly input: unknown; readonly text: string },
): Promise<Criterion[]> {
  const route = deps.routes.get(judge.model);
  if (route?.kind !== 'endpoint') {
    throw failure(
      'InvalidHarness',
      `Judge \`${judge.name}\` of loop ${request.run.loop} asks model route "${judge.model}", which is ${route === undefined ? 'not configured' : 'the embedded learner'}. Declare a model for it under \`models\` in loopwright.yaml.`,
    );
  }
  const rubric = rubricOf(judge, subject.harness);
  if (Object.keys(rubric).length === 0) {
    return [{ name: judge.name, verdict: 'inconclusive', evidence: 'the judge has no rubric, so it was not asked' }];
  }
  const key = { stage: request.stage, attempt: request.attempt, call: callOf(request, judge) };
  const reply = await meteredCall(deps, request.run, key, route.endpoint, {
    instructions: INSTRUCTIONS,
    prompt: [
      `Criteria:\n${Object.entries(rubric)
        .map(([name, text]) => `- ${name}: ${text}`)
        .join('\n')}`,
      fence('input', 'untrusted', JSON.stringify(subject.input)),
      fence('artefact', 'untrusted', subject.text),
    ].join('\n\n'),
    schemaName: 'verdict',
    schema: z.toJSONSchema(Answer) as Record<string, unknown>,
    maxOutputTokens: subject.harness.limits.tokens,
    timeoutMs: MODEL_TIMEOUT_MS,
    signal: cancellationSignal(),
  });
  return criteriaOf(judge, rubric, reply.text, subject.text);
}

/**
 * The call's name in the ledger, which no other call of the attempt has, whatever its author calls the judge: not the
 * generator's, and not a second question (`~2`) of another judge. A person's edit is judged by a call of its own.
 */
function callOf(request: Judged, judge: Judge): string {
  const name = `judge:${judge.name.replaceAll('~', '~~')}`;
  return request.edit === undefined ? name : `${name}/${activityInfo().activityId}`;
}

function rubricOf(judge: Judge, harness: Harness): Record<string, string> {
  const added = harness.evals.flatMap((item) => (item.kind === 'rubric' ? [[item.id, item.rubric] as const] : []));
  return { ...judge.rubric, ...Object.fromEntries(added) };
}

function criteriaOf(judge: Judge, rubric: Record<string, string>, reply: string, artefact: string): Criterion[] {
  const answers = answersOf(reply);
  return Object.keys(rubric).map((name): Criterion => {
    const base = { name: `${judge.name}/${name}`, ...(judge.opinion ? { opinion: true } : {}) };
    const [answer, second] = answers?.filter((candidate) => candidate.name === name) ?? [];
    if (answer === undefined || second !== undefined)
      return { ...base, verdict: 'inconclusive', evidence: 'the judge gave no usable answer' };
    if (!answer.pass)
      return {
        ...base,
        verdict: 'fail',
        evidence: answer.quote === '' ? `not met: ${rubric[name]}` : `"${answer.quote}"`,
      };
    const quote = plain(answer.quote);
    const shown = quote !== '' && plain(artefact).includes(quote);
    return shown
      ? { ...base, verdict: 'pass', evidence: `"${answer.quote}"` }
      : { ...base, verdict: 'inconclusive', evidence: `the judge's quote is not in the artefact: "${answer.quote}"` };
  });
}

function answersOf(reply: string): z.infer<typeof Answer>['criteria'] | undefined {
  try {
    return Answer.parse(JSON.parse(reply)).criteria;
  } catch {
    return undefined;
  }
}

/** For comparing quotes: JSON escapes and white space do not matter. */
function plain(text: string): string {
  return text
    .replaceAll(/\\[nrt"]/g, ' ')
    .replaceAll(/[\s"]+/g, ' ')
    .trim();
}
