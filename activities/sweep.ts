import type { Dependencies } from './dependencies.ts';

/** Closes the record of a run that Temporal no longer has: terminated, timed out, or forgotten. One that has closed itself since it was looked at stays as it is. */
export async function closeLost(deps: Pick<Dependencies, 'store' | 'now'>, runKey: string): Promise<void> {
  await deps.store.runs.close({
    runKey,
    outcome: 'stopped',
    reason: 'The workflow was terminated or timed out, so the run could not close itself.',
    closedAt: deps.now(),
    lessons: [],
    unlessClosed: true,
  });
}

/**
 * Mends the record after what no run can see: runs that Temporal no longer has are closed, reservations whose lease
 * ran out become `uncertain`. What sources answered and may not be used any more is deleted. Returns how many of each.
 */
export async function sweep(
  deps: Pick<Dependencies, 'store' | 'now' | 'executions'>,
): Promise<{ runs: number; reservations: number }> {
  const reservations = await deps.store.ledger.expire(deps.now());
  await deps.store.sourceAnswers.expire(deps.now());
  let runs = 0;
  for (const run of await deps.store.runs.unclosed()) {
    if (await deps.executions.isOpen(run.workflowId, run.firstRunId)) continue;
    await closeLost(deps, run.runKey);
    runs += 1;
  }
  return { runs, reservations };
}
