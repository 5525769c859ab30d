import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { Manifest } from '../contract/context.ts';
import { failure } from '../contract/failures.ts';
import type { Harness } from '../contract/harness.ts';
import { cheaperThan, type PricedRoute } from '../core/cheaper.ts';
import { dollars } from '../core/figures.ts';
import { estimateTokens } from '../core/money.ts';
import { readPriceTable } from '../core/prices.ts';
import { stageOf } from '../core/steps.ts';
import type { ModelGenerator } from '../loops/define/generators.ts';
import type { Stage } from '../loops/define/index.ts';
import type { PassedOver } from '../store/ports.ts';
import { leftOf } from './budgets.ts';
import type { Dependencies } from './dependencies.ts';
import { demandQueue } from './elsewhere.ts';
import { findWork } from './find-work.ts';
import type { GenerateInput } from './generate.ts';
import { MODEL_TIMEOUT_MS } from './metered-call.ts';
import { askRoute } from './models/failover.ts';
import { answerLocally } from './models/local-answer.ts';
import type { ModelEndpoint, ModelReply } from './models/port.ts';
import { buildPrompt, FENCE_RULE } from './models/prompt.ts';
import { earlierOf, harnessOf, inputOf, textOf } from './pinned.ts';
import { confidenceOf, judgedBy, routesFor, routesNamed, type ChosenRoute } from './route.ts';

/** Asked for more variety: OpenAI's default is 1, and 2 is the most (platform.openai.com, API reference). */
const VARIED_TEMPERATURE = 1.3;

/** What answered an attempt, and what it said. */
export interface Answered {
  readonly text: string;
  /** `model:<id>` or `function:<name>`. */
  readonly author: string;
  /** Free first tiers that were not sure enough. */
  readonly passedOver: readonly PassedOver[];
}

/** Keeps an answer as the attempt's; along with a paid call's settlement, where it was one. */
export type Keep<T> = (answered: Answered) => Promise<T>;

/** Everything that an answer may be made from. */
interface Asking {
  readonly deps: Dependencies;
  readonly request: GenerateInput;
  readonly stage: Stage<unknown, unknown>;
  readonly output: z.ZodType;
  readonly harness: Harness;
  readonly input: unknown;
  readonly earlier: Readonly<Record<string, unknown>>;
  readonly parts: Awaited<ReturnType<typeof partsOf>>;
  readonly failed: Awaited<ReturnType<typeof failedCriteria>>;
}

/** Answers an attempt: by the stage's function, or by the first of its routes that is sure enough and may be paid. */
export async function answer<T>(
  deps: Dependencies,
  request: GenerateInput,
  stage: Stage<unknown, unknown>,
  loopOutput: z.ZodType,
  keep: Keep<T>,
): Promise<T> {
  const { run } = request;
  const input = await inputOf(deps, run);
  const earlier = await earlierOf(deps, request.earlier);
  const { generate: generator } = stage;
  if (generator.kind === 'compute') {
    const output = await generator.run(input, { earlier, facts: deps.store.facts, runKey: run.runKey, asOf: run.asOf });
    return await keep({ text: JSON.stringify(output), author: `function:${generator.name}`, passedOver: [] });
  }
  if (generator.kind === 'find') {
    const found = await findWork(deps, run, generator.finder);
    return await keep({ text: JSON.stringify(found), author: `function:${generator.name}`, passedOver: [] });
  }
  const [harness, failed, parts] = await Promise.all([
    harnessOf(deps, run),
    failedCriteria(deps, request),
    partsOf(deps, request.context),
  ]);
  const asking = { deps, request, stage, output: stage.output ?? loopOutput, harness, input, earlier, parts, failed };
  return await byTiers(asking, generator, keep);
}

async function byTiers<T>(asking: Asking, generator: ModelGenerator<unknown, unknown>, keep: Keep<T>): Promise<T> {
  const { deps, request, stage, harness, input, earlier, parts, failed } = asking;
  const { run, attempt, previous, changed } = request;
  const confidence = await confidenceOf(deps, previous);
  const feedback = failed.map((criterion) => criterion.name).join(' ');
  const chosen = await routesFor(
    deps,
    run,
    harness,
    stage,
    { input, attempt, confidence, feedback },
    changed?.strategy,
  );
  const passedOver: PassedOver[] = [];
  for (const one of chosen) {
    if (one.route.kind === 'endpoint') {
      demandQueue(deps, one.name);
      return await payable(asking, one, (made) => keep({ ...made, passedOver }));
    }
    const context = { earlier, facts: deps.store.facts, runKey: run.runKey, asOf: run.asOf };
    const made = await answerLocally(deps, run, generator, input, parts, context);
    const sure = made.confidence ?? 0;
    if (one.atLeast === undefined || sure >= one.atLeast) return await keep({ ...made, passedOver });
    passedOver.push({ route: one.name, confidence: sure, atLeast: one.atLeast });
  }
  throw failure(
    'InvalidHarness',
    `No route of loop ${run.loop} was sure enough. End \`routing\` with one without \`atLeast\`.`,
  );
}

/** Asks a model; where no budget lets it and the harness says `degrade`, the next cheaper one, and the next after it. */
async function payable<T>(asking: Asking, first: ChosenRoute, keep: Keep<T>): Promise<T> {
  try {
    return await ask(asking, first, keep);
  } catch (error) {
    if (asking.harness.limits.onCap !== 'degrade' || !isRefused(error)) throw error;
    let refused: unknown = error;
    for (const cheaper of await cheaperRoutes(asking, first)) {
      try {
        return await ask(asking, cheaper, keep, `generate<${cheaper.name}`);
      } catch (again) {
        if (!isRefused(again)) throw again;
        refused = again;
      }
    }
    throw refused;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'BudgetExceeded';
}

/** Routes that `routing` names, cheaper than the one that was refused. */
async function cheaperRoutes(asking: Asking, from: ChosenRoute): Promise<readonly ChosenRoute[]> {
  const { deps, request, stage, harness, parts } = asking;
  const table = readPriceTable((await deps.store.artefacts.get(request.run.prices)) ?? '{}');
  const named = routesNamed(deps, harness, stage);
  const priced = (one: ChosenRoute): PricedRoute[] => {
    if (one.route.kind === 'local')
      return [{ route: one.name, price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } }];
    const price = table.models[one.route.endpoint.model];
    return price === undefined ? [] : [{ route: one.name, price }];
  };
  const [asked] = priced(from);
  if (asked === undefined) return [];
  const tokens = parts.reduce((sum, { text }) => sum + estimateTokens(text), 0);
  const size = { inputTokens: tokens + 1000, outputTokens: harness.limits.tokens };
  return cheaperThan(asked, named.flatMap(priced), size).flatMap(
    (name) => named.find((one) => one.name === name) ?? [],
  );
}

async function ask<T>(asking: Asking, { name, route }: ChosenRoute, keep: Keep<T>, call = 'generate'): Promise<T> {
  const { deps, request, stage, input, earlier, parts } = asking;
  const { run } = request;
  if (route.kind === 'local') {
    const context = { earlier, facts: deps.store.facts, runKey: run.runKey, asOf: run.asOf };
    const generator = stage.generate as ModelGenerator<unknown, unknown>;
    return await keep({ ...(await answerLocally(deps, run, generator, input, parts, context)), passedOver: [] });
  }
  const kept = { value: undefined as { made: T } | undefined };
  const by = ({ text }: ModelReply, { model }: ModelEndpoint): Answered => {
    return { text, author: `model:${model}`, passedOver: [] };
  };
  const { reply, endpoint } = await askRoute(deps, {
    run,
    key: { stage: request.stage, attempt: request.attempt, call },
    route: name,
    request: await questionOf(asking),
    except: (other) => judgedBy(deps, stage, other),
    alongside: async (made, answered) => void (kept.value = { made: await keep(by(made, answered)) }),
  });
  return kept.value === undefined ? await keep(by(reply, endpoint)) : kept.value.made;
}

async function questionOf(asking: Asking) {
  const { deps, request, harness, input, earlier, output } = asking;
  const { run, feedback, changed } = request;
  const bare = changed?.strategy === 'context';
  const prompt = buildPrompt({
    parts: bare ? [] : asking.parts,
    input,
    earlier,
    examples: bare ? [] : harness.examples,
    failed: asking.failed,
    left: await leftWords(deps, request, harness),
    ...(feedback === undefined ? {} : { feedback }),
  });
  return {
    instructions: `${harness.instructions}\n\n${FENCE_RULE}`.trim(),
    prompt,
    schemaName: `${run.loop}_${stageOf(request.stage)}`,
    schema: jsonSchemaOf(output),
    maxOutputTokens: harness.limits.tokens,
    timeoutMs: MODEL_TIMEOUT_MS,
    signal: cancellationSignal(),
    ...(changed?.strategy === 'temperature' ? { temperature: VARIED_TEMPERATURE } : {}),
  };
}

/** What the generator is told of its limits, so that it can mind them. */
async function leftWords(deps: Dependencies, { run, attempt }: GenerateInput, { limits }: Harness): Promise<string> {
  const { left, cap } = await leftOf(deps, run);
  const { attempts } = limits;
  const which =
    attempt <= attempts ? `attempt ${attempt} of ${attempts}` : `attempt ${attempt}, which a person asked for`;
  return `This is ${which}. ${dollars(left)} of ${dollars(cap)} are left for this piece of work.`;
}

async function failedCriteria(deps: Dependencies, request: GenerateInput) {
  if (request.previous === undefined) return [];
  const judgements = await deps.store.attempts.judgements(request.run.runKey, request.stage, request.previous);
  // What only a person answers is nothing to mend.
  return judgements
    .flatMap(({ verdict }) => verdict.criteria)
    .filter(({ verdict, question }) => verdict !== 'pass' && question === undefined);
}

async function partsOf(deps: Dependencies, manifestDigest: string) {
  const manifest = JSON.parse(await textOf(deps, manifestDigest, 'The context manifest')) as Manifest;
  return await Promise.all(
    manifest.parts.map(async (part) => ({
      manifest: part,
      text: await textOf(deps, part.digest, `Context part ${part.source}`),
    })),
  );
}

const schemas = new WeakMap<z.ZodType, Record<string, unknown>>();

/** The JSON Schema of an output, made once. */
function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const known = schemas.get(schema) ?? (z.toJSONSchema(schema) as Record<string, unknown>);
  schemas.set(schema, known);
  return known;
}
