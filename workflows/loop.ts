import { workflowInfo } from '@temporalio/workflow';
import type { RunResult } from '../contract/outcomes.ts';
import { loopWorkflow, type Run } from './run.ts';

/** Any loop of one stage, by its name: stage → gate → act. An unknown name fails at once with the list of loops. */
export default function anyLoop(input?: unknown, options?: unknown, carried?: unknown): Promise<RunResult> {
  return loopWorkflow(workflowInfo().workflowType, simple)(input, options, carried);
}

async function simple(run: Run) {
  const draft = await run.stage('main');
  if (draft.nothing !== undefined) run.noWork(draft.nothing);
  await run.gate('main', draft);
  for (const effect of run.plan.effects) await run.act(effect, draft);
  return draft;
}
