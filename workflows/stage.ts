import type { Digest } from '../contract/names.ts';
import type { Draft, RunPlan } from '../contract/run.ts';
import { worked } from '../core/clock.ts';
import type { Ending } from '../core/endings.ts';
import { advance, decideStage } from '../core/stage.ts';
import { stageOf } from '../core/steps.ts';
import { models, steps } from './proxies.ts';
import type { RunState, StageRecord } from './state.ts';
import { show } from './visible.ts';

/** What came of a stage. */
export type Settled =
  | { readonly kind: 'accepted'; readonly draft: Draft }
  | { readonly kind: 'ask'; readonly draft: Draft; readonly because: string }
  | ({ readonly kind: 'stop' } & Ending);

/** Context, then generate → evaluate until it is accepted, a human must look, or a stop rule holds. `feedback` is a person's: its attempt does not count. */
export async function runStage(
  state: RunState,
  step: string,
  checkpoint: () => Promise<void>,
  feedback?: string,
): Promise<Settled> {
  state.stage = step;
  const name = stageOf(step);
  const plan = state.plan as RunPlan;
  let counts = feedback === undefined;
  for (;;) {
    await checkpoint();
    const record = await withContext(state, step, name);
    const attempt = record.progress.attempts + 1;
    const { artefact, evaluation } = await makeAttempt(state, step, name, attempt, record, feedback);
    const progress = advance(record.progress, artefact, evaluation.verdict, counts);
    state.stages[step] = { ...record, progress };
    state.attempts += 1;
    state.best = progress.best?.artefact ?? state.best;
    state.approvals[artefact] = evaluation.approval;
    counts = true;
    const draft: Draft = {
      stage: step,
      artefact,
      ...(evaluation.output === undefined ? {} : { output: evaluation.output }),
    };
    const decided = decideStage(progress, evaluation.verdict, plan.attempts);
    if (decided.kind === 'accept') return { kind: 'accepted', draft };
    if (decided.kind === 'ask') return { kind: 'ask', draft, because: decided.because };
    if (decided.kind === 'stop') return decided;
  }
}

async function withContext(state: RunState, step: string, name: string): Promise<StageRecord & { context: Digest }> {
  const record = state.stages[step] as StageRecord;
  if (record.context !== undefined) return { ...record, context: record.context };
  const plan = state.plan as RunPlan;
  const how = plan.stages[name]?.fetch === 'regular' ? models : steps;
  const fetched = await how.fetchContext.executeWithOptions({ summary: `${name} context` }, [
    { run: plan.run, stage: name },
  ]);
  const known = { ...record, context: fetched.manifest };
  state.stages[step] = known;
  return known;
}

async function makeAttempt(
  state: RunState,
  step: string,
  name: string,
  attempt: number,
  record: StageRecord & { context: Digest },
  feedback: string | undefined,
) {
  const plan = state.plan as RunPlan;
  const stagePlan = plan.stages[name];
  const previous = record.progress.seen.at(-1);
  const common = { run: plan.run, stage: step, attempt, earlier: record.earlier };
  show(state, 'running');
  const make = stagePlan?.generate === 'local' ? steps : models;
  const generated = await make.generate.executeWithOptions(
    { summary: `${name}/${attempt} generate`, ...untilDeadline(state, plan) },
    [
      {
        ...common,
        context: record.context,
        ...(previous === undefined ? {} : { previous }),
        ...(feedback === undefined ? {} : { feedback }),
      },
    ],
  );
  state.costMicroUsd = generated.costMicroUsd;
  const judge = stagePlan?.evaluate === 'local' ? steps : models;
  const evaluation = await judge.evaluate.executeWithOptions({ summary: `${name}/${attempt} evaluate` }, [
    { ...common, artefact: generated.artefact },
  ]);
  state.costMicroUsd = evaluation.costMicroUsd;
  return { artefact: generated.artefact, evaluation };
}

/** No call may outlive the run's deadline. */
function untilDeadline(state: RunState, plan: RunPlan): { scheduleToCloseTimeout: number } {
  return { scheduleToCloseTimeout: Math.max(1000, plan.deadlineMs - worked(state.clock, Date.now())) };
}
