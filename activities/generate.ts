import { failure } from '../contract/failures.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { Change } from '../core/stage.ts';
import { stageOf } from '../core/steps.ts';
import type { Stage } from '../loops/define/index.ts';
import { along } from './along.ts';
import { answer } from './answer.ts';
import type { Dependencies } from './dependencies.ts';
import { findingOn, isJudged, storedSubject, type Evaluation, type Finding, type Subject } from './evaluate.ts';
import { entryOf, harnessOf } from './pinned.ts';

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
  /** In what other way it is to be made, because the stage got nowhere. */
  readonly changed?: Change;
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
 * @throws WrongQueue where its route has limits and this is not its queue, and what a model's call raises.
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
  const { run, stage, attempt, changed } = request;
  const { output } = entryOf(deps, run.loop).loop;
  return answer(deps, request, definition, output, async ({ text, author, passedOver }) => {
    const body = normal(text);
    const made = { runKey: run.runKey, stage, attempt, author, changed, passedOver, at: deps.now() };
    const [{ artefact }, finding] = await Promise.all([
      deps.store.attempts.add(made, body),
      check({ text: body, artefact: deps.store.artefacts.digest(body), author }),
    ]);
    // Another try of this step may have recorded the attempt meanwhile.
    return { artefact, finding: finding?.artefact === artefact ? finding : undefined };
  });
}

/** JSON in one spelling, so that equal answers are equal artefacts; what is no JSON stays as it is. */
function normal(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return text;
  }
}
