import { cancellationSignal } from '@temporalio/activity';
import { z } from 'zod';
import type { Manifest } from '../contract/context.ts';
import { failure } from '../contract/failures.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { canonicalJson } from '../core/canonical.ts';
import { dollars } from '../core/figures.ts';
import { stageOf } from '../core/steps.ts';
import type { Stage } from '../loops/define/index.ts';
import { along } from './along.ts';
import { leftOf } from './budgets.ts';
import type { Dependencies } from './dependencies.ts';
import { findingOn, isJudged, storedSubject, type Evaluation, type Finding, type Subject } from './evaluate.ts';
import { meteredCall, MODEL_TIMEOUT_MS } from './metered-call.ts';
import { answerLocally } from './models/local-answer.ts';
import { buildPrompt, FENCE_RULE } from './models/prompt.ts';
import { earlierOf, entryOf, harnessOf, inputOf, textOf } from './pinned.ts';
import { confidenceOf, routeOf } from './route.ts';

/** Checks that take longer than this together, in milliseconds, are waited for in a step of their own. */
const CHECKS_MS = 60_000;

/** Which attempt to make. */
export interface GenerateInput {
  readonly run: PinnedRun;
  /** Step id of the stage, e.g. `main#1`. */
  readonly stage: string;
  readonly attempt: number;
  /** Digest of the context's manifest. */
  readonly context: Digest;
  /** What earlier stages made. */
  readonly earlier: Readonly<Record<string, Digest>>;
  /** Artefact of the attempt before, whose verdict is the feedback. */
  readonly previous?: Digest;
  /** What a person asked for. */
  readonly feedback?: string;
}

/** What an attempt made. */
export interface Generated {
  readonly artefact: Digest;
  /** Of the run so far, in micro-USD. */
  readonly costMicroUsd: number;
  /** What was found about it, where no judge is asked and nothing broke. */
  readonly evaluation?: Evaluation;
}

/**
 * Makes one attempt's artefact. Made before (a kill after the call, or a reset): the recorded one is the answer, and
 * nothing is paid again. The artefact is the generator's text; whether it fits the schema is a verdict, not a failure.
 * Where only checks verify it, they do so along with this step, and their verdict shares the attempt's commit.
 */
export async function generate(deps: Dependencies, request: GenerateInput): Promise<Generated> {
  const { run, stage, attempt } = request;
  const definition = stageOfLoop(deps, request);
  const judged = isJudged(definition, await harnessOf(deps, run));
  const check: CheckMade = async (made) =>
    judged ? undefined : await along(() => findingOn(deps, request, made), CHECKS_MS);
  const known = await deps.store.attempts.find(run.runKey, stage, attempt);
  const { artefact, finding } =
    known === undefined
      ? await make(deps, request, definition, check)
      : { artefact: known.artefact, finding: await check(await storedSubject(deps, known)) };
  const costMicroUsd = await deps.store.ledger.spent(run.runKey);
  return { artefact, costMicroUsd, ...(finding === undefined ? {} : { evaluation: { ...finding, costMicroUsd } }) };
}

function stageOfLoop(deps: Dependencies, { run, stage }: GenerateInput): Stage<unknown, unknown> {
  const definition = entryOf(deps, run.loop).loop.stages[stageOf(stage)];
  if (definition !== undefined) return definition;
  throw failure(
    'Unexpected',
    `Loop ${run.loop} has no stage \`${stage}\`: its workflow and its definition differ. Deploy both together.`,
  );
}

/** An attempt's artefact, and what was found about it. */
interface Made {
  readonly artefact: Digest;
  readonly finding: Finding | undefined;
}

/** Verifies what was made; undefined where that needs a step of its own. */
type CheckMade = (subject: Subject) => Promise<Finding | undefined>;

function make(
  deps: Dependencies,
  request: GenerateInput,
  definition: Stage<unknown, unknown>,
  check: CheckMade,
): Promise<Made> {
  const { run, stage, attempt } = request;
  return answer(deps, request, definition, entryOf(deps, run.loop).loop.output, async ({ text, author }) => {
    const body = normal(text);
    const [{ artefact }, finding] = await Promise.all([
      deps.store.attempts.add({ runKey: run.runKey, stage, attempt, author, at: deps.now() }, body),
      check({ text: body, artefact: deps.store.artefacts.digest(body), author }),
    ]);
    // Another try of this step may have recorded the attempt meanwhile.
    return { artefact, finding: finding?.artefact === artefact ? finding : undefined };
  });
}

/** Records what was made, as the attempt. */
type RecordAttempt = (made: { readonly text: string; readonly author: string }) => Promise<Made>;

async function answer(
  deps: Dependencies,
  request: GenerateInput,
  stage: Stage<unknown, unknown>,
  loopOutput: z.ZodType,
  record: RecordAttempt,
): Promise<Made> {
  const { run } = request;
  const input = await inputOf(deps, run);
  const earlier = await earlierOf(deps, request.earlier);
  const { generate: generator } = stage;
  if (generator.kind === 'compute') {
    const output = await generator.run(input, { earlier, facts: deps.store.facts, asOf: run.asOf });
    return await record({ text: JSON.stringify(output), author: `function:${generator.name}` });
  }
  const harness = await harnessOf(deps, run);
  const failed = await failedCriteria(deps, request);
  const parts = await partsOf(deps, request.context);
  const route = await routeOf(deps, run, harness, {
    input,
    attempt: request.attempt,
    confidence: await confidenceOf(deps, request.previous),
    feedback: failed.map((criterion) => criterion.name).join(' '),
  });
  if (route.kind === 'local') {
    const context = { earlier, facts: deps.store.facts, asOf: run.asOf };
    return await record(await answerLocally(deps, run, generator, input, parts, context));
  }
  const prompt = buildPrompt({
    parts,
    input,
    earlier,
    examples: harness.examples,
    failed,
    left: await leftWords(deps, run, request.attempt, harness.limits.attempts),
    ...(request.feedback === undefined ? {} : { feedback: request.feedback }),
  });
  const { endpoint } = route;
  const key = { stage: request.stage, attempt: request.attempt, call: 'generate' };
  let recorded: Made | undefined;
  const reply = await meteredCall(
    deps,
    run,
    key,
    endpoint,
    {
      instructions: `${harness.instructions}\n\n${FENCE_RULE}`.trim(),
      prompt,
      schemaName: `${run.loop}_${stageOf(request.stage)}`,
      schema: jsonSchemaOf(stage.output ?? loopOutput),
      maxOutputTokens: harness.limits.tokens,
      timeoutMs: MODEL_TIMEOUT_MS,
      signal: cancellationSignal(),
    },
    async ({ text }) => (recorded = await record({ text, author: `model:${endpoint.model}` })),
  );
  return recorded ?? (await record({ text: reply.text, author: `model:${endpoint.model}` }));
}

async function failedCriteria(deps: Dependencies, request: GenerateInput) {
  if (request.previous === undefined) return [];
  const judgements = await deps.store.attempts.judgements(request.run.runKey, request.stage, request.previous);
  // What only a person answers is nothing to mend.
  return judgements
    .flatMap(({ verdict }) => verdict.criteria)
    .filter(({ verdict, question }) => verdict !== 'pass' && question === undefined);
}

async function partsOf(deps: Dependencies, manifestDigest: Digest) {
  const manifest = JSON.parse(await textOf(deps, manifestDigest, 'The context manifest')) as Manifest;
  return await Promise.all(
    manifest.parts.map(async (part) => ({
      manifest: part,
      text: await textOf(deps, part.digest, `Context part ${part.source}`),
    })),
  );
}

/** What the generator is told of its limits, so that it can mind them. */
async function leftWords(deps: Dependencies, run: PinnedRun, attempt: number, attempts: number): Promise<string> {
  const { left, cap } = await leftOf(deps, run);
  const which =
    attempt <= attempts ? `attempt ${attempt} of ${attempts}` : `attempt ${attempt}, which a person asked for`;
  return `This is ${which}. ${dollars(left)} of ${dollars(cap)} are left for this piece of work.`;
}

const schemas = new WeakMap<z.ZodType, Record<string, unknown>>();

/** The JSON Schema of an output, made once. */
function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const known = schemas.get(schema) ?? (z.toJSONSchema(schema) as Record<string, unknown>);
  schemas.set(schema, known);
  return known;
}

/** JSON in one spelling, so that equal answers are equal artefacts; what is no JSON stays as it is. */
function normal(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return text;
  }
}
