import { ApplicationFailure } from '@temporalio/common';
import { condition, defineQuery, makeContinueAsNewFunc, setHandler, workflowInfo } from '@temporalio/workflow';
import { runExperiment } from './experiment.ts';
import { thrown } from './failing.ts';
import { records } from './proxies.ts';

/** What is watched. */
export interface WatchInput {
  /** The experiment, which is on record. */
  readonly experiment: string;
  /** How long to wait for new cases, in milliseconds. */
  readonly everyMs: number;
}

/** How a watch ended. */
export interface Watched {
  readonly experiment: string;
  readonly end: 'rolledBack' | 'kept' | 'ended';
  readonly because: string;
}

/**
 * Watches what was promoted: new cases run on the version before it too, and when they show that it does harm, the loop
 * goes back by itself. Ends when enough have shown none, or when the loop runs on another version by now.
 */
export async function watchHarness(input?: WatchInput): Promise<Watched> {
  if (typeof input?.experiment !== 'string' || typeof input.everyMs !== 'number')
    throw ApplicationFailure.nonRetryable(
      'The input of watchHarness does not fit: expected { "experiment", "everyMs" } of a promotion. It is started by itself.',
      'InvalidInput',
    );
  const { experiment, everyMs } = input;
  let now = { standing: 'collecting', because: 'no new case yet' };
  setHandler(defineQuery('status'), () => ({ experiment, ...now }), { description: 'What the new cases say so far.' });
  const leave = makeContinueAsNewFunc<typeof watchHarness>();
  try {
    for (;;) {
      const next = await runExperiment(experiment, async ({ standing, because }) => {
        now = { standing, because };
        if (workflowInfo().continueAsNewSuggested) await leave(input);
      });
      const settled = await records.settleWatch.executeWithOptions({ summary: next.standing }, [
        { experiment, standing: next.standing, because: next.because, at: Date.now() },
      ]);
      if (settled.end !== undefined) return { experiment, end: settled.end, because: settled.because };
      await condition(() => false, everyMs);
    }
  } catch (error) {
    throw thrown(error);
  }
}
