import { currentUpdateInfo } from '@temporalio/workflow';
import {
  raiseBudgetUpdate,
  readRaiseBudget,
  type RaiseBudgetArgument,
  type RaiseBudgetReply,
} from '../contract/messages.ts';
import { whyForbidden } from '../core/may-decide.ts';
import { usd } from '../core/money.ts';
import { read } from './readable.ts';
import { proofOf, whyBusy } from './signatures.ts';
import { refusedUpdate, type RunState, type WaitingForMoney } from './state.ts';

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
  const { id: _own, ...message } = raise;
  const signed = { gate: raiseBudgetUpdate.name, digest: budget, decision: message };
  const proof = await proofOf(state, signed, { summary: 'raise verify signature', again: 'try again' });
  if (!proof.proven) throw refused(`signature: ${proof.why}`);
  // Meanwhile the wait may be over, or another has begun.
  const { short } = raiseIn(state, message);
  if (short.budget !== budget) throw refused(`late: the run waits for ${short.budget} now`);
  demandApprover(state, message.by, proof.roles);
  return take(state, short, { ...raise, identity: 'signed' });
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
  const forbidden = whyForbidden(state.plan?.approvers ?? ['*'], { by, roles });
  if (forbidden !== undefined) throw refused(forbidden);
}

function refused(why: string): Error {
  return refusedUpdate('RaiseRefused', why);
}
