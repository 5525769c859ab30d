import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES, type LoopState, type SearchAttribute } from '../contract/names.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { Status } from '../contract/messages.ts';
import { worked } from '../core/clock.ts';
import { current, type Gate } from '../core/gates.ts';
import { usd } from '../core/money.ts';
import type { RunState, WaitingForMoney } from './state.ts';

/** Says in one upsert what phase the run is in, as far as the cluster has our attributes: an unregistered one would wedge the run. */
export function show(state: RunState, loopState: LoopState, outcome?: Outcome, pinned = pinnedOf(state)): void {
  if (state.shown === loopState) return;
  state.shown = loopState;
  const values: Record<SearchAttribute, string | number | undefined> = {
    LoopState: loopState,
    LoopOutcome: outcome,
    LoopHarness: pinned?.harness,
    LoopCostUsd: usd(state.costMicroUsd),
  };
  const pairs = (pinned?.attributes ?? [])
    .filter((name) => values[name] !== undefined)
    .map((name) => ({ key: defineSearchAttributeKey(name, typeOf(name)), value: values[name] }) as SearchAttributePair);
  if (pairs.length > 0) upsertSearchAttributes(pairs);
}

function pinnedOf({ plan }: RunState): { harness: string; attributes: readonly SearchAttribute[] } | undefined {
  return plan && { harness: plan.run.harness, attributes: plan.attributes };
}

function typeOf(name: SearchAttribute): 'KEYWORD' | 'DOUBLE' {
  return SEARCH_ATTRIBUTES[name] === 'Double' ? 'DOUBLE' : 'KEYWORD';
}

/** Says in Markdown what the run waits for, for the Temporal UI and `workflow metadata`. */
export function describe(state: RunState): void {
  if (state.short !== undefined) {
    const { budget, needMicroUsd, capMicroUsd, usedMicroUsd } = state.short;
    setCurrentDetails(
      [
        `Waiting for money: the next call may cost ${usd(needMicroUsd)} USD, and budget **${plain(budget)}** has ${usd(capMicroUsd - usedMicroUsd)} of ${usd(capMicroUsd)} USD left.`,
        `Raise it:\n\n    ${raiseCommandOf(state, state.short)}`,
      ].join('\n\n'),
    );
    return;
  }
  const gate = openGateOf(state);
  if (gate === undefined) {
    setCurrentDetails(
      state.ending === undefined
        ? `Working on stage **${state.stage ?? '…'}**.`
        : `**${state.ending.outcome}**: ${state.ending.reason}`,
    );
    return;
  }
  const commands = commandsOf(state, gate);
  setCurrentDetails(
    [
      `Waiting for a decision at **${gate.id}** because ${plain(gate.because)}.`,
      `Approve:\n\n    ${commands.approve}`,
      `Bring your own version:\n\n    ${commands.revise}`,
      `Reject:\n\n    ${commands.reject}`,
    ].join('\n\n'),
  );
}

/** Where a run stands, as `status` answers. */
export function statusOf(state: RunState, now: number): Status {
  const { plan } = state;
  const gate = openGateOf(state);
  const stage = state.stage === undefined ? undefined : state.stages[state.stage];
  return {
    loop: workflowInfo().workflowType,
    state: state.phase,
    ...(state.ending === undefined ? {} : { outcome: state.ending.outcome, reason: state.ending.reason }),
    ...(state.stage === undefined ? {} : { stage: state.stage }),
    attempt: stage?.progress.attempts ?? 0,
    attemptsLeft: Math.max(0, (plan?.attempts ?? 0) - (stage?.progress.counted ?? 0)),
    workedMs: worked(state.clock, now),
    deadlineMs: plan?.deadlineMs ?? 0,
    costUsd: usd(state.costMicroUsd),
    budgetUsd: usd(plan?.run.budgetMicroUsd ?? 0),
    ...(plan === undefined ? {} : { harness: plan.run.harness }),
    ...(plan?.run.autonomy === undefined ? {} : { autonomy: plan.run.autonomy }),
    ...(gate === undefined ? {} : gateStatus(state, gate)),
    ...(state.short === undefined ? {} : moneyStatus(state, state.short)),
    reminders: gate?.reminders ?? 0,
    refusedCount: state.refusedCount,
    ...(state.refused.length === 0 ? {} : { refused: state.refused.join('\n') }),
  };
}

/** The gate that waits for a decision, if any. */
function openGateOf(state: RunState): Gate | undefined {
  return state.gates.find((gate) => gate.state === 'open');
}

function gateStatus(state: RunState, gate: Gate): Partial<Status> {
  const commands = commandsOf(state, gate);
  const shown = state.parked?.draft.output;
  return {
    gate: gate.id,
    gateDigest: current(gate),
    gateBecause: gate.because,
    gateHave: gate.approvedBy?.length ?? 0,
    gateNeed: gate.policy?.quorum ?? 1,
    gateSigned: gate.policy?.signed ?? false,
    gateExpiresAt: new Date(gate.openedAt + (state.plan?.expiresAfterMs ?? 0)).toISOString(),
    ...(shown === undefined ? {} : { gateArtefact: shown }),
    approveCommand: commands.approve,
    reviseCommand: commands.revise,
    rejectCommand: commands.reject,
  };
}

function moneyStatus(state: RunState, short: WaitingForMoney): Partial<Status> {
  return {
    budget: short.budget,
    budgetNeedsUsd: usd(short.needMicroUsd),
    budgetLeftUsd: usd(Math.max(0, short.capMicroUsd - short.usedMicroUsd)),
    budgetExpiresAt: new Date(short.expiresAt).toISOString(),
    raiseCommand: raiseCommandOf(state, short),
  };
}

/** Raises by what is missing for the next call, and a tenth of the call more: its words say what is left, so they change with it. */
function raiseCommandOf(state: RunState, { needMicroUsd, capMicroUsd, usedMicroUsd }: WaitingForMoney): string {
  const missing = needMicroUsd * 1.1 - Math.max(0, capMicroUsd - usedMicroUsd);
  const amount = usd(Math.ceil(Math.max(1, missing) / 100) * 100);
  if (state.plan?.signedRaises === true)
    return `loopwright approvals raise ${quote(workflowInfo().workflowId)} --usd ${amount} --reason why`;
  const argument = { by: deciderOf(state), usd: amount, reason: 'why' };
  return `temporal workflow update execute${state.plan?.connection ?? ''} -w ${quote(workflowInfo().workflowId)} --name raiseBudget --input ${quote(JSON.stringify(argument))}`;
}

/** Pasted as it is, a command should count. */
function deciderOf({ plan }: RunState): string {
  return plan?.approvers.find((approver) => approver !== '*' && !approver.startsWith('role:')) ?? 'you@example.com';
}

/** Commands that can be pasted: the digest prefix in them makes sure that what is approved is what was seen. */
function commandsOf(state: RunState, gate: Gate): { approve: string; revise: string; reject: string } {
  const head = `temporal workflow update execute${state.plan?.connection ?? ''} -w ${quote(workflowInfo().workflowId)} --name decide --input `;
  const digest = current(gate).slice(0, 'sha256:'.length + 12);
  const by = deciderOf(state);
  const command = (decision: object): string => head + quote(JSON.stringify({ ...decision, by, digest }));
  if (gate.policy?.signed === true) return signedCommandsOf(digest);
  return {
    approve: command({ decision: 'approve' }),
    revise: command({ decision: 'revise', output: state.parked?.draft.output ?? {}, approve: true }),
    reject: command({ decision: 'reject', note: 'why' }),
  };
}

/** A bare message counts for nothing here: these ask the gateway, as the user whose token is in `LOOPWRIGHT_TOKEN`. */
function signedCommandsOf(digest: string): { approve: string; revise: string; reject: string } {
  const head = 'loopwright approvals';
  return {
    approve: `${head} approve ${digest}`,
    revise: `${head} revise ${digest} --feedback 'what to change'`,
    reject: `${head} reject ${digest} --note why`,
  };
}

/** A text that may quote what came from outside, so that it cannot be Markdown. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|!]/g, '\\$&');
}

/** A word for a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
