import type { DecisionRefusal, GatePolicy } from '../contract/approvals.ts';
import type { Decision, DecideReply } from '../contract/messages.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import { whyForbidden, whyNot } from './may-decide.ts';
import { personOf } from './person.ts';

/** Why a gate is no longer open, or that it is. */
export type GateState = 'open' | 'approved' | 'rejected' | 'revising' | 'expired' | 'closed';

/** A wait for a human decision on exactly one artefact. */
export interface Gate {
  /** `<name>#<n>`: the n-th gate of that name in this run. */
  readonly id: string;
  readonly state: GateState;
  /** Digests of its versions, newest last: an edit or another attempt makes a new one and supersedes the old. */
  readonly digests: readonly Digest[];
  readonly artefact: Digest;
  /** Why a human is asked. */
  readonly because: string;
  readonly audit: boolean;
  readonly openedAt: Timestamp;
  readonly reminders: number;
  readonly decision?: Decision;
  /** Who may decide it and how. Gates of runs that were opened before there were policies have none. */
  readonly policy?: GatePolicy;
  /** Who has approved the version that it shows. */
  readonly approvedBy?: readonly string[];
}

/** What came of a decision message. A refusal never changes anything but the list of refusals. */
export type Received =
  | { readonly kind: 'decided'; readonly gate: Gate }
  /** It counts, and others have to approve too. */
  | { readonly kind: 'counted'; readonly gate: Gate; readonly decision: Decision }
  | { readonly kind: 'repeated'; readonly gate: Gate }
  | {
      readonly kind: 'refused';
      readonly code: DecisionRefusal;
      readonly why: string;
      /** The gate that was meant, where one was. */
      readonly gate?: Gate;
    };

/** What a decision is held against besides the gates. */
export interface Receiving {
  readonly at: Timestamp;
  /** Approvers of gates without a policy. */
  readonly approvers: readonly string[];
  /** Its signature is not verified yet, so who sent it is not known. */
  readonly unproven?: boolean;
}

/**
 * Applies a decision to the gates of a run. Refuses what is early (no gate was opened), late (the gate is decided
 * or expired), for another gate or digest, for a digest that an edit superseded, a bare decision (no digest) once the run
 * has opened more than one gate or version, because it cannot be known what its sender saw, and what the gate's policy
 * does not let its sender do.
 */
export function receive(gates: readonly Gate[], decision: Decision, receiving: Receiving): Received {
  const forbidden = forbiddenBefore(gates, decision, receiving);
  if (forbidden !== undefined) return forbidden;
  const found = meant(gates, decision);
  if ('kind' in found) return found;
  const gate = found;
  const { policy } = gate;
  if (gate.state !== 'open')
    return gate.decision !== undefined && same(gate.decision, decision) ? repeated(gate) : late(gate);
  if (policy === undefined || receiving.unproven === true) return decided(gate, decision);
  const against = whyNot(policy, gate.openedAt, decision, receiving.at);
  if (against !== undefined) return { kind: 'refused', ...against, gate };
  return decision.decision === 'approve' ? counted(gate, decision, policy) : decided(gate, decision);
}

const repeated = (gate: Gate): Received => ({ kind: 'repeated', gate });

const decided = (gate: Gate, decision: Decision): Received => ({
  kind: 'decided',
  gate: { ...gate, state: stateAfter(decision), decision },
});

/** An approval, among those of others. */
export function counted(gate: Gate, decision: Decision, policy: GatePolicy): Exclude<Received, { kind: 'refused' }> {
  const before = gate.approvedBy ?? [];
  if (before.some((other) => personOf(other) === personOf(decision.by))) return { kind: 'repeated', gate };
  const next = { ...gate, approvedBy: [...before, decision.by] };
  return next.approvedBy.length < policy.quorum
    ? { kind: 'counted', gate: next, decision }
    : { kind: 'decided', gate: { ...next, state: 'approved', decision } };
}

/** Runs of before asked who decides before they asked what. */
function forbiddenBefore(gates: readonly Gate[], { by }: Decision, { approvers }: Receiving): Received | undefined {
  if (gates.every(({ policy }) => policy !== undefined)) return undefined;
  const why = whyForbidden(approvers, { by, roles: [] });
  return why === undefined ? undefined : { kind: 'refused', code: 'forbidden', why };
}

/** The gate that a decision means, or why none. */
function meant(gates: readonly Gate[], decision: Decision): Gate | Extract<Received, { kind: 'refused' }> {
  const latest = gates.at(-1);
  if (latest === undefined) return refused('early', 'early: no gate is open yet; wait until `status` shows one');
  const gate =
    decision.gate === undefined ? byDigest(gates, decision.digest) : gates.find(({ id }) => id === decision.gate);
  if (gate === undefined) {
    return decision.gate === undefined
      ? refused(
          'otherDigest',
          `other digest: ${decision.digest} belongs to no gate of this run; the newest gate is ${latest.id} with ${current(latest)}`,
        )
      : refused('otherGate', `other gate: ${decision.gate} is not a gate of this run; the newest is ${latest.id}`);
  }
  if (decision.digest === undefined && (gates.length > 1 || gate.digests.length > 1)) {
    return refused(
      'bare',
      `bare: this run has opened more than one gate or version, so say which: "digest":"${current(gate)}"`,
      gate,
    );
  }
  if (decision.digest === undefined || matches(current(gate), decision.digest)) return gate;
  return gate.digests.some((digest) => matches(digest, decision.digest ?? ''))
    ? refused('edited', `edited: ${decision.digest} was superseded; ${gate.id} now shows ${current(gate)}`, gate)
    : refused('otherDigest', `other digest: ${gate.id} shows ${current(gate)}, not ${decision.digest}`, gate);
}

function refused(code: DecisionRefusal, why: string, gate?: Gate): Extract<Received, { kind: 'refused' }> {
  return { kind: 'refused', code, why, ...(gate === undefined ? {} : { gate }) };
}

function late(gate: Gate): Received {
  return refused(
    'late',
    `late: ${gate.id} is ${gate.state}${gate.decision === undefined ? '' : ` by ${gate.decision.by}`}`,
    gate,
  );
}

/** The gate with one more version: what an edit or another attempt put in the artefact's place. */
export function reopen(
  gate: Gate,
  version: {
    readonly artefact: Digest;
    readonly digest: Digest;
    readonly because: string;
    readonly policy?: GatePolicy | undefined;
  },
): Gate {
  const { decision: _superseded, approvedBy: _too, policy: _old, ...rest } = gate;
  const { artefact, digest, because, policy } = version;
  const digests = [...gate.digests, digest];
  return { ...rest, state: 'open', artefact, digests, because, ...(policy === undefined ? {} : { policy }) };
}

/** The digest a decision has to name now. */
export function current(gate: Gate): Digest {
  return gate.digests.at(-1) ?? '';
}

/** What `decide` answers about a gate. */
export function replyOf(gate: Gate): DecideReply {
  const state = gate.state === 'expired' || gate.state === 'closed' ? 'rejected' : gate.state;
  return {
    gate: gate.id,
    digest: current(gate),
    state,
    by: gate.decision?.by ?? gate.approvedBy?.at(-1) ?? '',
    have: gate.approvedBy?.length ?? (state === 'open' ? 0 : 1),
    need: gate.policy?.quorum ?? 1,
  };
}

/** Id of the next gate of that name. */
export function nextGateId(gates: readonly Gate[], name: string): string {
  return `${name}#${gates.filter(({ id }) => id.startsWith(`${name}#`)).length + 1}`;
}

function byDigest(gates: readonly Gate[], digest: string | undefined): Gate | undefined {
  if (digest === undefined) return gates.at(-1);
  const hits = gates.filter((gate) => gate.digests.some((candidate) => matches(candidate, digest)));
  return hits.length === 1 ? hits[0] : undefined;
}

function matches(digest: Digest, prefix: string): boolean {
  return digest.startsWith(prefix.startsWith('sha256:') ? prefix : `sha256:${prefix}`);
}

function stateAfter(decision: Decision): GateState {
  if (decision.decision === 'approve') return 'approved';
  return decision.decision === 'reject' ? 'rejected' : 'revising';
}

function same(a: Decision, b: Decision): boolean {
  return (
    a.by === b.by &&
    a.decision === b.decision &&
    JSON.stringify(a.output) === JSON.stringify(b.output) &&
    a.feedback === b.feedback &&
    a.approve === b.approve
  );
}
