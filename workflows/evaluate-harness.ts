import { ApplicationFailure } from '@temporalio/common';
import { defineQuery, defineSignal, makeContinueAsNewFunc, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Advance } from '../activities/experiments/advance.ts';
import { runExperiment } from './experiment.ts';
import { thrown } from './failing.ts';
import { experiments } from './proxies.ts';

/** Where an eval stands. */
export interface EvalStatus {
  readonly experiment: string;
  readonly graded: number;
  readonly of: number;
  readonly standing: string;
  readonly because: string;
}

/** Runs every case of a loop on one version of its harness, or on two; what came of it is on record, case by case. */
export async function evaluateHarness(input?: unknown, carried?: { readonly experiment: string }): Promise<EvalStatus> {
  const experiment = carried?.experiment ?? workflowInfo().workflowId;
  let now: EvalStatus = { experiment, graded: 0, of: 0, standing: 'collecting', because: 'it has just begun' };
  let stopped = false;
  setHandler(defineQuery<EvalStatus>('status'), () => now, {
    description: 'How many cases are graded, and what they say.',
  });
  setHandler(defineSignal('stop'), () => void (stopped = true), { description: 'Stops after the cases that run now.' });
  try {
    if (carried === undefined)
      await experiments.openEval.executeWithOptions({ summary: 'open' }, [
        { input: input ?? null, workflowId: experiment, at: Date.now() },
      ]);
    const stood = await runExperiment(experiment, async (next) => {
      now = statusOf(experiment, next);
      if (stopped)
        throw ApplicationFailure.nonRetryable(`Stopped: ${now.graded} of ${now.of} runs are graded.`, 'Stopped');
      if (workflowInfo().continueAsNewSuggested)
        await makeContinueAsNewFunc<typeof evaluateHarness>()(input, { experiment });
    });
    return statusOf(experiment, stood);
  } catch (error) {
    throw thrown(error);
  }
}

function statusOf(experiment: string, { graded, of, standing, because }: Advance): EvalStatus {
  return { experiment, graded, of, standing, because };
}
