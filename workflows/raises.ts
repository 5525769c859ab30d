import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { currentUpdateInfo, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Proof } from '../activities/verify-decision.ts';
import { readRaiseBudget, type RaiseBudgetArgument, type RaiseBudgetReply } from '../contract/messages.ts';
import { isApprover } from '../core/may-decide.ts';
import { usd } from '../core/money.ts';
import { proving, read, whyBusy } from './decisions.ts';
import { proofs } from './proxies.ts';
import { planOf, type RunState, type WaitingForMoney } from './state.ts';

/** Gate of a statement about money. */
const MONEY = 'raiseBudget';

/** Lets a `raiseBudget` update in that counts as far as is known without its signature being verified. @throws `RaiseRefused`, which its sender hears and no run minds. */
export function validateRaise(state: RunState, argument: unknown): void {
  const { raise } = raiseIn(state, argument);
  const busy = raise.signature === undefined ? undefined : whyBusy(state);
  if (busy !== undefined) throw refused(busy);
}

/** What a `raiseBudget` update comes to. A signed one is verified first. @throws `RaiseRefused`. */
export function raiseBudget(state: RunState, argument: unknown): RaiseBudgetReply | Promise<RaiseBudgetReply> {
  const { raise, short } = raiseIn(state, argument);
  const id = currentUpdateInfo()?.id ?? String((state.raises ?? []).length);
  return raise.signature === undefined
    ? take(state, short, { ...raise, id })
    : raiseProven(state, short, { ...raise, id });
}

async function raiseProven(
  state: RunState,
  { budget }: WaitingForMoney,
  raise: RaiseBudgetArgument & { readonly id: string },
): Promise<RaiseBudgetReply> {
  const { id, ...message } = raise;
  const proof = await proving(state, () => proofOf(state, budget, message, `${workflowInfo().runId}/${id}`));
  if (!proof.proven) throw refused(`signature: ${proof.why}`);
  // Meanwhile the wait may be over, or another has begun.
  const { short } = raiseIn(state, message);
  if (short.budget !== budget) throw refused(`late: the run waits for ${short.budget} now`);
  demandApprover(state, message.by, proof.roles);
  return take(state, short, { ...raise, identity: 'signed' });
}

async function proofOf(state: RunState, budget: string, message: RaiseBudgetArgument, use: string): Promise<Proof> {
  const asked = { run: planOf(state).run.runKey, gate: MONEY, digest: budget, decision: message, use, at: Date.now() };
  try {
    return await proofs.verifyDecision.executeWithOptions({ summary: 'raise verify signature' }, [asked]);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { proven: false, why: `it could not be verified (${error.cause?.message ?? error.message}); try again` };
  }
}

function take(
  state: RunState,
  short: WaitingForMoney,
  { signature: _verified, ...raise }: RaiseBudgetArgument & { readonly id: string; readonly identity?: 'signed' },
): RaiseBudgetReply {
  state.raises = [...(state.raises ?? []), raise];
  const added = state.raises.reduce((sum, { usd: amount }) => sum + amount, 0);
  return { budget: short.budget, raisedUsd: raise.usd, capUsd: usd(short.capMicroUsd) + added };
}

function raiseIn(state: RunState, argument: unknown): { raise: RaiseBudgetArgument; short: WaitingForMoney } {
  const parsed = read(state, readRaiseBudget, argument);
  if (!parsed.success) throw refused(`malformed: ${parsed.why}`);
  const { short } = state;
  if (short === undefined || state.phase !== 'awaitingBudget')
    throw refused(`early or late: the run waits for no money, it is ${state.phase}`);
  const { by, signature } = parsed.data;
  if (signature === undefined && state.plan?.signedRaises === true)
    throw refused(
      'unsigned: this loop takes signed decisions only (`approval.signed`); raise it as a user of the gateway, with `loopwright approvals raise`',
    );
  // Who signed it is not known yet.
  if (signature === undefined) demandApprover(state, by, []);
  return { raise: parsed.data, short };
}

function demandApprover(state: RunState, by: string, roles: readonly string[]): void {
  const approvers = state.plan?.approvers ?? ['*'];
  if (!isApprover(approvers, { by, roles }))
    throw refused(`forbidden: ${by} may not decide; \`approval.approvers\` are ${approvers.join(', ')}`);
}

function refused(why: string): Error {
  return ApplicationFailure.nonRetryable(why.slice(0, 2000), 'RaiseRefused');
}
