import { sleep } from '@temporalio/workflow';
import { loopWorkflow } from './run.ts';

/** Runs that closed before the cut are in the store this long after it, so that everybody who counts counts the same. */
const SETTLED_MS = 2000;

/** Collects the figures of the period, drafts the report, has every figure recounted, and publishes it. */
export const weeklyReport = loopWorkflow('weeklyReport', async (run) => {
  const unsettledMs = run.plan.run.asOf + SETTLED_MS - Date.now();
  if (unsettledMs > 0) await sleep(unsettledMs);
  const figures = await run.stage<{ title: string; runs: number }>('collect');
  // Too many loops to travel through the history: then there certainly were runs.
  if (figures.output?.runs === 0) run.noWork(`No runs closed from ${figures.output.title}.`);
  const draft = await run.stage('draft', { collect: figures });
  await run.gate('publish', draft);
  await run.act('publish', draft);
  return draft;
});
