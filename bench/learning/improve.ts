import { setTimeout as pause } from 'node:timers/promises';
import { IMPROVE } from '../../contract/names.ts';
import { Proposal } from '../../contract/proposal.ts';
import { ANSWER_KEY } from '../../worker/demo/stream.ts';
import type { Stage } from '../../worker/demo/stage.ts';
import { round } from './shares.ts';

/** A change that was promoted. */
export interface Promotion {
  readonly version: string;
  readonly kind: string;
  /** Evidence for it on target cases. */
  readonly e: number;
  /** Fixes less breaks, of all cases that its trial ran, which the proposer never saw. */
  readonly effect: number;
}

/** Lets `improve` look for one change, as a schedule would, and approves what it puts before a person. Undefined where it found none that is proven. */
export async function improveOnce({ loops, options }: Stage, key: string): Promise<Promotion | undefined> {
  const { workflowId } = await loops.start(IMPROVE, key, { loop: 'supportTriage', waitDays: 0 });
  for (;;) {
    const { state, gateDigest } = await loops.status(workflowId);
    if (state === 'closed') break;
    if (gateDigest !== undefined) await loops.approve(workflowId, ANSWER_KEY, gateDigest);
    await pause(500);
  }
  const { outcome, reason, output } = await loops.result(workflowId);
  options.screen.say(`improve ${key}: ${outcome}: ${reason}`);
  if (outcome !== 'accepted') return undefined;
  const { version, kind, e, slices, manifest, because } = Proposal.parse(output);
  options.screen.say(`  ${version}: ${manifest.summary}\n  ${because}`);
  const total = (what: 'cases' | 'missing' | 'fixes' | 'breaks'): number =>
    slices.reduce((sum, slice) => sum + slice[what], 0);
  return {
    version,
    kind,
    e: round(e),
    effect: round((total('fixes') - total('breaks')) / (total('cases') - total('missing'))),
  };
}
