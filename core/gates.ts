import type { Decision, DecideReply } from '../contract/messages.ts';
import type { Digest, Timestamp } from '../contract/names.ts';

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
}

/** What came of a decision message. A refusal never changes anything but the list of refusals. */
export type Received =
  | { readonly kind: 'decided'; readonly gate: Gate }
  | { readonly kind: 'repeated'; readonly gate: Gate }
  | { readonly kind: 'refused'; readonly why: string };

const refused = (why: string): Received => ({ kind: 'refused', why });

/**
 * Applies a decision to the gates of a run. Refuses what is early (no gate was opened), late (the gate is decided
 * or expired), for another gate or digest, for a digest that an edit superseded, and a bare decision (no digest)
 * once the run has opened more than one gate or version, because it cannot be known what its sender saw.
 */
export function receive(gates: readonly Gate[], decision: Decision): Received {
  const latest = gates.at(-1);
  if (latest === undefined) return refused('early: no gate is open yet; wait until `status` shows one');
  const gate =
    decision.gate === undefined ? byDigest(gates, decision.digest) : gates.find(({ id }) => id === decision.gate);
  if (gate === undefined) {
    return decision.gate === undefined
      ? refused(
          `other digest: ${decision.digest} belongs to no gate of this run; the newest gate is ${latest.id} with ${current(latest)}`,
        )
      : refused(`other gate: ${decision.gate} is not a gate of this run; the newest is ${latest.id}`);
  }
  if (decision.digest === undefined && (gates.length > 1 || gate.digests.length > 1)) {
    return refused(
      `bare: this run has opened more than one gate or version, so say which: "digest":"${current(gate)}"`,
    );
  }
  if (decision.digest !== undefined && !matches(current(gate), decision.digest)) {
    return gate.digests.some((digest) => matches(digest, decision.digest ?? ''))
      ? refused(`edited: ${decision.digest} was superseded; ${gate.id} now shows ${current(gate)}`)
      : refused(`other digest: ${gate.id} shows ${current(gate)}, not ${decision.digest}`);
  }
  if (gate.state !== 'open') {
    return gate.decision !== undefined && same(gate.decision, decision)
      ? { kind: 'repeated', gate }
      : refused(`late: ${gate.id} is ${gate.state}${gate.decision === undefined ? '' : ` by ${gate.decision.by}`}`);
  }
  return { kind: 'decided', gate: { ...gate, state: stateAfter(decision), decision } };
}

/** The gate with one more version: what an edit or another attempt put in the artefact's place. */
export function reopen(gate: Gate, artefact: Digest, digest: Digest, because: string): Gate {
  const { decision: _superseded, ...rest } = gate;
  return { ...rest, state: 'open', artefact, digests: [...gate.digests, digest], because };
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
    by: gate.decision?.by ?? '',
    have: state === 'open' ? 0 : 1,
    need: 1,
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
