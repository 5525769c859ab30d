import type { Digest } from '../contract/names.ts';
import type { Draft, RunPlan } from '../contract/run.ts';
import { assertNever } from '../core/assert-never.ts';
import { worked } from '../core/clock.ts';
import type { Ending } from '../core/endings.ts';
import { advance, change, decideStage, type Senses, type StageProgress } from '../core/stage.ts';
import { stageOf } from '../core/steps.ts';
import { notWorthIt } from '../core/worth.ts';
import type { Evaluation } from '../activities/evaluate.ts';
import type { Generated } from '../activities/generate.ts';
import type { Activities } from '../activities/index.ts';
import { whereItBelongs, type Queue } from './elsewhere.ts';
import { paidStep } from './paid-step.ts';
import { models, steps, verifiers } from './proxies.ts';
import { recordDecided } from './record-decided.ts';
import { planOf, type RunState, type StageRecord } from './state.ts';
import { show } from './visible.ts';

/** Between steps: obeys a stop, the deadline and a long history. A promise only where the run continues as new. */
export type Checkpoint = () => Promise<never> | undefined;

/** What came of a stage. */
export type Settled =
  | { readonly kind: 'accepted'; readonly draft: Draft }
  | { readonly kind: 'ask'; readonly draft: Draft; readonly because: string }
  | ({ readonly kind: 'stop' } & Ending);

/** Context, then generate → evaluate until it is accepted, a human must look, or a stop rule holds. `feedback` is a person's: its attempt does not count. */
export async function runStage(
  state: RunState,
  step: string,
  checkpoint: Checkpoint,
  feedback?: string,
): Promise<Settled> {
  state.stage = step;
  const plan = planOf(state);
  let counts = feedback === undefined;
  // Where attempts are made whose route has limits; asked for anew after a person was waited for.
  const at: Queue = { name: undefined };
  const { costBefore = state.costMicroUsd } = recordOf(state, step);
  state.stages[step] = { ...recordOf(state, step), costBefore };
  if (state.decided !== undefined) await recordDecided(state);
  for (;;) {
    const leaving = checkpoint();
    if (leaving !== undefined) await leaving;
    const { progress: before, earlier, context = await fetchContext(state, step) } = recordOf(state, step);
    const previous = before.seen.at(-1);
    const attempt = before.attempts + 1;
    const common = { run: plan.run.runKey, stage: step, attempt, earlier };
    show(state, 'running');
    const generated = await generate(state, step, checkpoint, at, {
      ...common,
      context,
      ...(previous === undefined ? {} : { previous }),
      ...(feedback === undefined ? {} : { feedback }),
      ...(before.changed === undefined ? {} : { changed: before.changed }),
    });
    state.costMicroUsd = generated.costMicroUsd;
    // What a run that ends here has to show: a verifier that stays broken takes nothing away.
    state.best = before.best?.artefact ?? generated.artefact;
    const evaluation =
      generated.evaluation ?? (await evaluate(state, step, checkpoint, { ...common, artefact: generated.artefact }));
    const settled = settle(state, step, evaluation, counts);
    if (settled !== undefined) return settled;
    counts = true;
  }
}

/** What a person waits for goes before what nobody does (1 is first, 3 is usual). */
const AWAITED = { priorityKey: 1 } as const;

/** Makes an attempt, on the queue of its route where that has limits. */
async function generate(
  state: RunState,
  step: string,
  checkpoint: Checkpoint,
  at: Queue,
  request: Parameters<Activities['generate']>[0],
): Promise<Generated> {
  const plan = planOf(state);
  const name = stageOf(step);
  const summary = `${name}/${request.attempt} generate`;
  return await whereItBelongs(at, (place) =>
    paidStep(state, checkpoint, () =>
      plan.stages[name]?.generate === 'local'
        ? steps.generate.executeWithOptions({ summary, ...untilDeadline(state, plan) }, [request])
        : models.generate.executeWithOptions(
            {
              summary,
              ...untilDeadline(state, plan),
              ...place,
              ...(request.feedback === undefined ? {} : { priority: AWAITED }),
            },
            [request],
          ),
    ),
  );
}

/** Verifies an attempt, on the queue of a judge's route where that has limits. */
async function evaluate(
  state: RunState,
  step: string,
  checkpoint: Checkpoint,
  request: Parameters<Activities['evaluate']>[0],
): Promise<Evaluation> {
  const plan = planOf(state);
  const name = stageOf(step);
  const summary = `${name}/${request.attempt} evaluate`;
  const judges = plan.patientVerifiers === true ? verifiers : models;
  return await whereItBelongs({ name: undefined }, (place) =>
    paidStep(state, checkpoint, () =>
      plan.patientVerifiers !== true && plan.stages[name]?.evaluate === 'local'
        ? steps.evaluate.executeWithOptions({ summary }, [request])
        : judges.evaluate.executeWithOptions(
            { summary, ...(plan.patientVerifiers === true ? untilDeadline(state, plan) : {}), ...place },
            [request],
          ),
    ),
  );
}

/** Takes an evaluation into the record; says what came of the stage, or nothing where another attempt is due. */
function settle(state: RunState, step: string, evaluation: Evaluation, counts: boolean): Settled | undefined {
  const { artefact, verdict, approval, output, characters, nothing } = evaluation;
  const record = recordOf(state, step);
  const progress = advance(record.progress, artefact, verdict, counts, characters);
  state.stages[step] = { ...record, progress };
  state.attempts += 1;
  state.costMicroUsd = evaluation.costMicroUsd;
  state.best = progress.best?.artefact ?? state.best;
  state.approvals[artefact] = approval;
  const draft: Draft = {
    stage: step,
    artefact,
    ...(output === undefined ? {} : { output }),
    ...(nothing === undefined ? {} : { nothing }),
  };
  const decided = decideStage(progress, verdict, planOf(state).attempts, sensesOf(state, step, progress));
  switch (decided.kind) {
    case 'accept':
      return { kind: 'accepted', draft };
    case 'ask':
      return { kind: 'ask', draft, because: decided.because };
    case 'stop':
      return decided;
    case 'change':
      state.stages[step] = { ...recordOf(state, step), progress: change(progress, decided) };
      return undefined;
    case 'retry':
      return undefined;
    default:
      return assertNever(decided);
  }
}

/** How a stage knows that it gets nowhere. */
function sensesOf(state: RunState, step: string, { attempts, counted }: StageProgress): Senses | undefined {
  const stops = planOf(state).stops?.[stageOf(step)];
  if (stops === undefined) return undefined;
  const { strategies, history, worthMicroUsd } = stops;
  if (history === undefined || worthMicroUsd === undefined) return { strategies };
  const spent = state.costMicroUsd - (recordOf(state, step).costBefore ?? 0);
  const mean = Math.round(spent / Math.max(1, attempts));
  return { strategies, notWorthIt: notWorthIt(history, counted + 1, worthMicroUsd, mean) };
}

async function fetchContext(state: RunState, step: string): Promise<Digest> {
  const plan = planOf(state);
  const name = stageOf(step);
  const how = plan.stages[name]?.fetch === 'regular' ? models : steps;
  const { manifest } = await how.fetchContext.executeWithOptions({ summary: `${name} context` }, [
    { run: plan.run.runKey, stage: name },
  ]);
  state.stages[step] = { ...recordOf(state, step), context: manifest };
  return manifest;
}

function recordOf(state: RunState, step: string): StageRecord {
  return state.stages[step] as StageRecord;
}

/** No call may outlive the run's deadline. */
function untilDeadline(state: RunState, plan: RunPlan): { scheduleToCloseTimeout: number } {
  return { scheduleToCloseTimeout: Math.max(1000, plan.deadlineMs - worked(state.clock, Date.now())) };
}
