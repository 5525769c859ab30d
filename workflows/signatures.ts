import { ActivityFailure } from '@temporalio/common';
import { currentUpdateInfo, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Proof, VerifyDecisionInput } from '../activities/verify-decision.ts';
import { proofs } from './proxies.ts';
import { planOf, type RunState } from './state.ts';

/** Signatures that are verified at once: forged ones must not keep a run from going on, nor fill its history. */
const MOST_UNPROVEN = 3;

/** Why no signature is verified now; undefined where one may be. */
export function whyBusy({ unproven = 0, leaving }: RunState): string | undefined {
  if (leaving === true) return 'busy: the run is about to continue as new; send it again';
  return unproven < MOST_UNPROVEN ? undefined : 'busy: other signatures are verified; send it again';
}

/** Verifies what the update at hand says was signed. `again` is what its sender does where it cannot be verified. */
export async function proofOf(
  state: RunState,
  signed: Pick<VerifyDecisionInput, 'gate' | 'digest' | 'decision'>,
  { summary, again }: { readonly summary: string; readonly again: string },
): Promise<Proof> {
  // Temporal knows the ids of updates of one execution only.
  const use = `${workflowInfo().runId}/${currentUpdateInfo()?.id ?? ''}`;
  state.unproven = (state.unproven ?? 0) + 1;
  try {
    const asked = { run: planOf(state).run.runKey, ...signed, use, at: Date.now() };
    return await proofs.verifyDecision.executeWithOptions({ summary }, [asked]);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { proven: false, why: `it could not be verified (${error.cause?.message ?? error.message}); ${again}` };
  } finally {
    state.unproven -= 1;
  }
}
