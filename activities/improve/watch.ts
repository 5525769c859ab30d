import type { Candidate } from '../../contract/candidate.ts';
import type { Experiment, Standing } from '../../contract/experiment.ts';
import { failure } from '../../contract/failures.ts';
import { microUsd } from '../../core/money.ts';
import type { Dependencies } from '../dependencies.ts';
import { openExperiment } from '../experiments/open.ts';
import { askedOf, candidateOf, type OfImprove } from './asked.ts';

/** A watch that has begun. */
export interface Watching {
  readonly experiment: string;
  readonly workflowId: string;
  readonly everyMs: number;
}

/** Begins to watch what a run has promoted. */
export async function openWatch(deps: Dependencies, { run, at }: OfImprove): Promise<Watching> {
  const { budgetUsd, everyMinutes } = await askedOf(deps, run);
  const candidate = await candidateOf(deps, run);
  const { loop, base: from, version: to } = candidate;
  const id = `watch-${loop}-${to}-${run.runKey.slice(0, 8)}`;
  return await beginWatch(deps, { id, loop, from, to, candidate, budgetUsd, everyMinutes, at });
}

/** A promotion that is to be watched. */
export interface ToWatch {
  /** Of the experiment and its workflow. */
  readonly id: string;
  readonly loop: string;
  /** Versions before and after. */
  readonly from: string;
  readonly to: string;
  /** What was promoted, where it came from a candidate. */
  readonly candidate: Pick<Candidate, 'kind' | 'widens'> | undefined;
  readonly budgetUsd: number;
  readonly everyMinutes: number;
  readonly at: number;
}

/** Records the watch of a promotion, once; its workflow is started by whoever asks. */
export async function beginWatch(deps: Dependencies, watch: ToWatch): Promise<Watching> {
  const { id, loop, from, to, candidate, budgetUsd, everyMinutes, at } = watch;
  await openExperiment(deps, {
    id,
    loop,
    kind: 'watch',
    baseline: from,
    candidate: to,
    ...(candidate === undefined ? {} : { change: candidate.kind }),
    widens: candidate?.widens ?? false,
    budgetMicroUsd: microUsd(budgetUsd),
    workflowId: id,
    at,
  });
  return { experiment: id, workflowId: id, everyMs: everyMinutes * 60_000 };
}

/** How a watch stands. */
export interface SettleWatchInput {
  readonly experiment: string;
  readonly standing: Standing;
  readonly because: string;
  readonly at: number;
}

/** What became of a watch; without an `end` it goes on. */
export interface WatchSettled {
  readonly end?: 'rolledBack' | 'kept' | 'ended';
  readonly because: string;
}

/** Takes a loop back to the version before where new cases have shown harm, once; ends a watch that has nothing to watch any more. */
export async function settleWatch(
  deps: Dependencies,
  { experiment: id, standing, because, at }: SettleWatchInput,
): Promise<WatchSettled> {
  const experiment = await deps.store.experiments.find(id);
  if (experiment === undefined)
    throw failure('ArtefactMissing', `Experiment ${id} is not in the store: this is another data folder.`);
  if (standing === 'refuted') return await rollBack(deps, experiment, because, at);
  if (standing === 'proven') return { end: 'kept', because };
  const current = await deps.store.harnesses.current(experiment.loop);
  if (`v${current?.version}` === experiment.candidate && experiment.state !== 'closed') return { because };
  const why = experiment.state === 'closed' ? because : `the loop runs on v${current?.version} by now; ${because}`;
  await deps.store.experiments.stand(id, { state: 'closed', standing: 'inconclusive', because: why, closedAt: at });
  return { end: 'ended', because: why };
}

/** The alert that a loop went back by itself; it lasts until something is promoted again. */
export function rollbackAlert(loop: string): string {
  return `rollback/${loop}`;
}

async function rollBack(
  { store, report }: Dependencies,
  { id, loop, baseline, candidate }: Experiment,
  because: string,
  at: number,
): Promise<WatchSettled> {
  const moved = await store.harnesses.rollback({
    loop,
    ...(baseline === undefined ? {} : { to: baseline }),
    expected: candidate,
    key: id,
    by: `watch ${id}`,
    reason: because,
    at,
  });
  if (moved.kind === 'conflict')
    return { end: 'ended', because: `the loop runs on ${moved.current} by now; ${because}` };
  const text = `${loop} is back on ${baseline}: ${candidate} did harm. ${because}`;
  await store.alerts.raise({ key: rollbackAlert(loop), kind: 'rollback', about: loop, text, raisedAt: at });
  report(text);
  return { end: 'rolledBack', because };
}
