import { ActivityFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { Evaluation } from '../activities/evaluate.ts';
import type { Decision } from '../contract/messages.ts';
import type { Draft } from '../contract/run.ts';
import { stageOf } from '../core/steps.ts';
import { models, steps } from './proxies.ts';
import { runStage, type Checkpoint } from './stage.ts';
import { planOf, type Parked, type RunState } from './state.ts';

/** Puts the human's edit in the draft's place where the verifiers let it; else says why not. */
export async function edited(state: RunState, parked: Parked, decision: Decision): Promise<string | undefined> {
  const plan = planOf(state);
  const { draft } = parked;
  const stage = state.stages[draft.stage];
  const judge = plan.stages[stageOf(draft.stage)]?.evaluate === 'local' ? steps : models;
  try {
    const evaluation = await judge.evaluate.executeWithOptions({ summary: `${parked.gate} verify edit` }, [
      {
        run: plan.run.runKey,
        stage: draft.stage,
        attempt: stage?.progress.attempts ?? 1,
        earlier: stage?.earlier ?? {},
        edit: { output: decision.output, by: decision.by },
      },
    ]);
    if ('elsewhere' in evaluation) return 'the edit could not be verified on this queue';
    state.costMicroUsd = evaluation.costMicroUsd;
    const against = evaluation.verdict.criteria.filter((criterion) => criterion.verdict === 'fail');
    if (against.length > 0)
      return `the edit failed ${against.map(({ name, evidence }) => `${name} (${evidence})`).join('; ')}`;
    replace(state, draft, evaluation.artefact, evaluation.output, evaluation.approval);
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return `the edit could not be verified: ${(error as { cause?: Error }).cause?.message ?? String(error)}`;
  }
}

/** One more attempt with a person's feedback; where it comes to nothing, says why. */
export async function regenerated(
  state: RunState,
  parked: Parked,
  feedback: string,
  checkpoint: Checkpoint,
): Promise<string | undefined> {
  const { draft } = parked;
  const nothing = (why: string): string => `the attempt that was asked for came to nothing (${why})`;
  try {
    const settled = await runStage(state, draft.stage, checkpoint, feedback);
    if (settled.kind === 'stop') return nothing(`${settled.outcome}: ${settled.reason}`);
    const { artefact, output } = settled.draft;
    replace(state, draft, artefact, output, state.approvals[artefact]);
    return undefined;
  } catch (error) {
    // A model that is down must not take away what the human could still approve. Stops and continue-as-new go through.
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return nothing(error.cause?.message ?? error.message);
  }
}

function replace(
  state: RunState,
  draft: Draft,
  artefact: string,
  output: unknown,
  approval: Evaluation['approval'] | undefined,
): void {
  draft.artefact = artefact;
  if (output === undefined) delete draft.output;
  else draft.output = output;
  if (approval !== undefined) state.approvals[artefact] = approval;
}
