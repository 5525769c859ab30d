import { ChildWorkflowFailure } from '@temporalio/common';
import { isCancellation, startChild, workflowInfo } from '@temporalio/workflow';
import { TASK_TIMEOUT } from '../contract/names.ts';
import type { RunResult } from '../contract/outcomes.ts';
import { microUsd } from '../core/money.ts';
import type { Advance, ArmToRun, CaseToRun } from '../activities/experiments/advance.ts';
import type { CaseRan } from '../activities/experiments/grade.ts';
import { experiments } from './proxies.ts';

/** How an experiment stands when nothing of it can be run now. */
export type Stood = Exclude<Advance, { readonly kind: 'run' }>;

/** Told how an experiment goes on, between two batches: the place to stop, or to continue as new. */
export type Between = (next: Advance) => Promise<void>;

/** Longest that the run of a case may take: what hangs is no answer. */
const CASE_TIMEOUT = '1 hour';

/**
 * Runs the cases of an experiment, batch after batch, until it is settled or has run out of cases. Nothing is kept here:
 * which cases are next is worked out from the grades on record, so it can be begun again at any time.
 */
export async function runExperiment(experiment: string, between: Between): Promise<Stood> {
  let ran: readonly CaseRan[] = [];
  for (;;) {
    const next = await experiments.advanceExperiment.executeWithOptions({ summary: summaryOf(ran) }, [
      { experiment, ran, at: Date.now() },
    ]);
    await between(next);
    if (next.kind !== 'run') return next;
    const { loop, cases } = next;
    ran = await Promise.all(cases.flatMap((one) => one.arms.map((arm) => runCase({ experiment, loop }, one, arm))));
  }
}

function summaryOf(ran: readonly CaseRan[]): string {
  return ran.length === 0 ? 'next cases' : `grade ${ran.length}`;
}

/** One case in one arm: a dry run of its loop, on what the loop knew before the case was decided. */
async function runCase(
  { experiment, loop }: { readonly experiment: string; readonly loop: string },
  { caseId, seq, slice, input, lessonsUpTo, budgetUsd }: CaseToRun,
  { arm, harness, withoutLessons }: ArmToRun,
): Promise<CaseRan> {
  const since = Date.now();
  const trigger = { kind: 'eval', source: experiment.slice(0, 200) };
  const child = await startChild(loop, {
    // With the execution's own id: after a reset, runs that it had begun may still be there.
    workflowId: `${loop}-eval-${experiment}-${arm}-${caseId}`.slice(0, 900) + `-${workflowInfo().runId.slice(0, 8)}`,
    args: [
      input,
      {
        harness,
        dryRun: true,
        lessonsUpTo,
        budgetUsd,
        trigger,
        ...(withoutLessons === undefined ? {} : { withoutLessons }),
      },
    ],
    workflowTaskTimeout: TASK_TIMEOUT,
    workflowExecutionTimeout: CASE_TIMEOUT,
    staticSummary: `${arm} ${harness} on case ${caseId}`.slice(0, 200),
  });
  const known = { caseId, seq, slice, arm, runKey: child.firstExecutionRunId };
  try {
    const result = (await child.result()) as RunResult;
    return {
      ...known,
      outcome: result.outcome,
      reason: result.reason.slice(0, 300),
      asked: result.wouldHave?.asked !== undefined,
      attempts: result.attempts,
      costMicroUsd: microUsd(result.costUsd),
      tookMs: Date.now() - since,
    };
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure) || isCancellation(error)) throw error;
    const reason = (error.cause?.message ?? error.message).slice(0, 300);
    return { ...known, reason, asked: false, attempts: 0, costMicroUsd: 0, tookMs: Date.now() - since };
  }
}
