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

/** What `improve` came to. */
export interface Look {
  /** Messages after which it looked. */
  readonly after: number;
  readonly outcome: string;
  /** In words, cut. */
  readonly because: string;
  readonly promotion?: Promotion;
}

/** Longest reason that is told, in characters. */
const REASON = 400;

/** Lets `improve` look for one change, as a schedule would, and approves what it puts before a person: only what is proven comes so far. */
export async function improveOnce({ loops, options }: Stage, after: number): Promise<Look> {
  const { workflowId } = await loops.start(IMPROVE, `bench-${after}`, { loop: 'supportTriage', waitDays: 0 });
  for (;;) {
    const { state, gateDigest } = await loops.status(workflowId);
    if (state === 'closed') break;
    if (gateDigest !== undefined) await loops.approve(workflowId, ANSWER_KEY, gateDigest);
    await pause(500);
  }
  const { outcome, reason, output } = await loops.result(workflowId);
  options.screen.say(`improve, after ${after} messages: ${outcome}: ${reason}`);
  const proposal = outcome === 'accepted' ? Proposal.parse(output) : undefined;
  const because = (proposal?.because ?? reason).slice(0, REASON);
  return { after, outcome, because, ...(proposal === undefined ? {} : { promotion: promotionOf(proposal) }) };
}

function promotionOf({ version, kind, e, slices }: Proposal): Promotion {
  const total = (what: 'cases' | 'missing' | 'fixes' | 'breaks'): number =>
    slices.reduce((sum, slice) => sum + slice[what], 0);
  const effect = (total('fixes') - total('breaks')) / (total('cases') - total('missing'));
  return { version, kind, e: round(e), effect: round(effect) };
}
