import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Short } from '../activities/budgets.ts';
import { park, resume } from '../core/clock.ts';
import { records } from './proxies.ts';
import type { Checkpoint } from './stage.ts';
import { planOf, type RunState } from './state.ts';
import { untilStopped } from './stopping.ts';
import { describe, show } from './visible.ts';

/** Budgets that the approvers of a loop may raise. Those of a tenant and of the installation are not theirs. */
const RAISABLE = ['call', 'stage', 'run', 'loop'];

/**
 * A step that may pay for models. A stop aborts the call in flight; where a budget refuses a call and the harness says
 * `ask`, the run waits for more, and the step is made again.
 */
export async function paidStep<T>(state: RunState, checkpoint: Checkpoint, step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await untilStopped(state, step);
    } catch (error) {
      // Ends the run where a stop is what cancelled the step, and not somebody who cancelled the run.
      const cancelled = CancellationScope.current().consideredCancelled;
      if (planOf(state).stopsAbort === true && isCancellation(error) && state.stop !== undefined && !cancelled)
        await checkpoint();
      const short = shortOf(state, error);
      if (short === undefined || !(await moreCame(state, short, checkpoint))) throw error;
    }
  }
}

/** The budget that refused, where the run may wait for more of it. */
function shortOf(state: RunState, error: unknown): Short | undefined {
  const { onCap, run } = planOf(state);
  if (onCap !== 'ask' || run.dryRun || !(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'BudgetExceeded') return undefined;
  const [short] = (cause.details ?? []) as [Short?];
  return short !== undefined && RAISABLE.some((kind) => short.budget.startsWith(`${kind}:`)) ? short : undefined;
}

/** Parks until a budget is raised; false where nobody raised it in time. The work clock stands still meanwhile. */
async function moreCame(state: RunState, short: Short, checkpoint: Checkpoint): Promise<boolean> {
  const { run, expiresAfterMs } = planOf(state);
  const since = Date.now();
  state.short = { ...short, since, expiresAt: since + expiresAfterMs };
  state.phase = 'awaitingBudget';
  state.clock = park(state.clock, since);
  const { budget, needMicroUsd } = short;
  // A loop's budget is of a day: tomorrow there is another.
  const another = budget.startsWith('loop:') && needMicroUsd <= short.capMicroUsd;
  const waitMs = another ? Math.min(expiresAfterMs, untilTomorrow(since)) : expiresAfterMs;
  await records.awaitBudget.executeWithOptions({ summary: 'budget short' }, [
    { run: run.runKey, budget, needMicroUsd, at: since },
  ]);
  show(state, 'awaitingBudget');
  describe(state);
  try {
    await condition(() => (state.raises ?? []).length > 0 || state.stop !== undefined, waitMs);
  } finally {
    state.short = undefined;
    // What was accepted counts, whatever ended the wait.
    await CancellationScope.nonCancellable(() => recordRaises(state, budget));
    state.phase = 'running';
    state.clock = resume(state.clock, Date.now());
    describe(state);
  }
  if (state.stop !== undefined) await checkpoint();
  const { raised } = state;
  state.raised = false;
  return raised === true || waitMs < expiresAfterMs;
}

/** Puts raises on record; without any, that the wait is over. */
async function recordRaises(state: RunState, budget: string): Promise<void> {
  const { run } = planOf(state);
  const raises = state.raises ?? [];
  state.raises = [];
  state.raised = raises.length > 0;
  for (const raise of raises)
    await records.raiseBudget.executeWithOptions({ summary: `budget raised by ${raise.usd} USD` }, [
      { run: run.runKey, budget, ...raise, at: Date.now() },
    ]);
  if (raises.length === 0)
    await records.endBudgetWait.executeWithOptions({ summary: 'budget wait over' }, [
      { run: run.runKey, at: Date.now() },
    ]);
}

/** How long until the next day (UTC) begins, with its own budgets, in milliseconds. */
function untilTomorrow(now: number): number {
  const day = 86_400_000;
  return day - (now % day) + 1000;
}
