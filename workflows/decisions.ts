import { readDecide, type DecideArgument, type DecideReply, type Decision } from '../contract/messages.ts';
import { current, receive, replyOf, type Gate, type Received } from '../core/gates.ts';
import { isTrespass } from '../core/may-decide.ts';
import { records } from './proxies.ts';
import { read } from './readable.ts';
import { proofOf, whyBusy } from './signatures.ts';
import { planOf, refuse, refusedUpdate, type RunState } from './state.ts';

type Refused = Extract<Received, { kind: 'refused' }>;

/** Refused decisions of a run that go on record: more would let anybody fill its history. */
const MOST_RECORDED = 20;

/** What a bare signal comes to: its sender is not known, and hears nothing. */
export function takeBare(state: RunState, decision: Decision): void {
  const received = consider(state, decision);
  if (received.kind === 'refused') {
    record(state, received, decision);
    return refuse(state, decision.decision, received.why);
  }
  if (received.kind === 'repeated')
    return refuse(state, decision.decision, `repeated: ${received.gate.id} is ${received.gate.state} already`);
  take(state, received);
}

/**
 * Lets a `decide` update in that counts as far as can be known without its signature being verified, and one that should
 * have been signed, so that it goes on record. @throws `DecisionRefused`, which an update's sender hears and no run minds.
 */
export function validate(state: RunState, argument: unknown): void {
  const message = messageIn(state, argument);
  const busy = whyBusy(state);
  if (busy !== undefined && isSigned(state, message)) throw refusal({ kind: 'refused', code: 'busy', why: busy });
  const received = considerUpdate(state, message);
  if (received.kind !== 'refused' || (received.code === 'unsigned' && mayRecord(state))) return;
  throw refusal(received);
}

/** What a `decide` update comes to. A signed one is verified first. @throws `DecisionRefused` as {@link validate}. */
export function decide(state: RunState, argument: unknown): DecideReply | Promise<DecideReply> {
  const message = messageIn(state, argument);
  const received = considerUpdate(state, message);
  if (received.kind === 'decided' && isSigned(state, message)) return decideProven(state, message, received.gate);
  return answer(state, received, message);
}

async function decideProven(state: RunState, message: DecideArgument, gate: Gate): Promise<DecideReply> {
  const shown = { gate: gate.id, digest: current(gate), decision: message };
  const proof = await proofOf(state, shown, { summary: `${gate.id} verify signature`, again: 'decide again' });
  if (!proof.proven)
    return answer(state, { kind: 'refused', code: 'signature', why: `signature: ${proof.why}`, gate }, message);
  // Meanwhile somebody else may have decided.
  const received = consider(state, { ...message, identity: 'signed', roles: proof.roles } as Decision);
  return answer(state, received, message);
}

function answer(
  state: RunState,
  received: Received,
  { signature: _unproven, ...message }: DecideArgument,
): DecideReply {
  if (received.kind === 'refused') {
    record(state, received, { ...message, identity: 'unverified' } as Decision);
    throw refusal(received);
  }
  if (received.kind !== 'repeated') take(state, received);
  return replyOf(received.gate);
}

function considerUpdate(state: RunState, message: DecideArgument): Received {
  const { signature: _unproven, ...bare } = message;
  const unproven = isSigned(state, message);
  return consider(state, { ...bare, identity: unproven ? 'signed' : 'unverified' } as Decision, unproven);
}

/** Whether somebody's signature has to be verified. Gates of before took none. */
function isSigned({ gates }: RunState, { signature }: DecideArgument): boolean {
  return signature !== undefined && gates.every(({ policy }) => policy !== undefined);
}

function consider(state: RunState, decision: Decision, unproven = false): Received {
  return receive(state.gates, decision, { at: Date.now(), approvers: state.plan?.approvers ?? ['*'], unproven });
}

/** Lets a decision count. One that others have to join is put on record by whoever waits at the gate. */
function take(state: RunState, received: Extract<Received, { kind: 'decided' | 'counted' }>): void {
  const { gate } = received;
  state.gates = state.gates.map((other) => (other.id === gate.id ? gate : other));
  if (received.kind === 'decided') return;
  const decided = {
    gate: gate.id,
    digest: current(gate),
    decision: received.decision,
    partial: true,
    at: Date.now(),
  } as const;
  state.aside = [...(state.aside ?? []), { kind: 'counted', decided }];
}

/** Leaves a decision to be put on record that its gate's policy refused: somebody tried what they may not. */
function record(state: RunState, { code, why, gate }: Refused, { decision, by }: Decision): void {
  if (gate?.policy === undefined || !isTrespass(code) || !mayRecord(state)) return;
  const refused = { gate: gate.id, digest: current(gate), decision, code, why: why.slice(0, 500), by, at: Date.now() };
  state.refusalsRecorded = (state.refusalsRecorded ?? 0) + 1;
  state.aside = [...(state.aside ?? []), { kind: 'refused', refused }];
}

function mayRecord({ refusalsRecorded = 0 }: RunState): boolean {
  return refusalsRecorded < MOST_RECORDED;
}

/** Puts on record what came to a gate and did not settle it. */
export async function recordAside(state: RunState): Promise<void> {
  for (;;) {
    const [next] = state.aside ?? [];
    if (next === undefined) return;
    const { runKey: run } = planOf(state).run;
    if (next.kind === 'counted') {
      const summary = `${next.decided.gate} approve`;
      await records.recordDecision.executeWithOptions({ summary }, [{ run, ...next.decided }]);
    } else {
      const summary = `${next.refused.gate} refused`;
      await records.recordRefusal.executeWithOptions({ summary }, [{ run, ...next.refused }]);
    }
    // Only now: a cancel in the middle leaves it to the close.
    state.aside = (state.aside ?? []).slice(1);
  }
}

function messageIn(state: RunState, argument: unknown): DecideArgument {
  const parsed = read(state, readDecide, argument);
  if (parsed.success) return parsed.data;
  throw refusal({ kind: 'refused', code: 'malformed', why: `malformed: ${parsed.why}` });
}

function refusal({ code, why, gate }: Refused): Error {
  const decidedBy = gate?.decision?.by;
  const said = {
    code,
    ...(gate === undefined ? {} : { state: gate.state }),
    ...(decidedBy === undefined ? {} : { by: decidedBy }),
  };
  return refusedUpdate('DecisionRefused', why, said);
}
