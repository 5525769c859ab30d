import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CancellationScope, ContinueAsNew, startChild } from '@temporalio/workflow';
import { TASK_TIMEOUT } from '../contract/names.ts';
import { whereItBelongs } from './elsewhere.ts';
import { runExperiment } from './experiment.ts';
import { experiments, models, records } from './proxies.ts';
import { loopWorkflow, type Run } from './run.ts';
import type { watchHarness } from './watch-harness.ts';

/**
 * A loop's failures become a change of its harness: somebody proposes one, cases that the proposer never saw are run on
 * both versions until they prove it or refute it, a person who sees every case that it breaks decides, and what was
 * promoted is watched. It is a loop itself: its gate, its effect and its record are those of any run.
 */
export const improve = loopWorkflow('improve', async (run) => {
  const { runKey, dryRun } = run.plan.run;
  const proposed = await whereItBelongs({ name: undefined }, (place) =>
    models.propose.executeWithOptions({ summary: 'propose', ...place }, [{ run: runKey }]),
  );
  if (proposed.kind === 'none') return run.noWork(proposed.because);
  await prove(run, runKey);
  try {
    const proposal = await run.stage('weigh');
    await run.gate('promote', proposal);
    await run.act('promote', proposal);
    if (!dryRun) await watch(runKey);
    return proposal;
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    await CancellationScope.nonCancellable(() =>
      records.settleCandidate.executeWithOptions({ summary: 'not promoted' }, [{ run: runKey, at: Date.now() }]),
    );
    throw error;
  }
});

/** Runs the trial. While it is inconclusive it waits for cases: evidence that is there stays, and goes on. */
async function prove(run: Run, runKey: string): Promise<void> {
  const trial = await experiments.openTrial.executeWithOptions({ summary: 'open trial' }, [
    { run: runKey, at: Date.now() },
  ]);
  for (;;) {
    const next = await runExperiment(trial.experiment, () => run.pause());
    if (next.kind === 'settled' || Date.now() >= trial.until) return;
    await run.pause(trial.everyMs);
  }
}

/** Goes on without this run, for as long as it takes. */
async function watch(runKey: string): Promise<void> {
  const watching = await experiments.openWatch.executeWithOptions({ summary: 'open watch' }, [
    { run: runKey, at: Date.now() },
  ]);
  try {
    await startChild<typeof watchHarness>('watchHarness', {
      workflowId: watching.workflowId,
      args: [{ experiment: watching.experiment, everyMs: watching.everyMs }],
      parentClosePolicy: 'ABANDON',
      workflowTaskTimeout: TASK_TIMEOUT,
      staticSummary: 'watches what was promoted',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
