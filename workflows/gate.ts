import { condition } from '@temporalio/workflow';
import type { GatePolicy } from '../contract/approvals.ts';
import type { Decision } from '../contract/messages.ts';
import type { Draft } from '../contract/run.ts';
import { assertNever } from '../core/assert-never.ts';
import { park, resume } from '../core/clock.ts';
import type { Ending } from '../core/endings.ts';
import { current, nextGateId, reopen, type Gate } from '../core/gates.ts';
import type { Evaluation } from '../activities/evaluate.ts';
import type { Alarm } from './alarm.ts';
import { edited, regenerated } from './another-version.ts';
import { recordAside, takeBare } from './decisions.ts';
import { records } from './proxies.ts';
import { recordDecided } from './record-decided.ts';
import type { Checkpoint } from './stage.ts';
import { planOf, refuse, type Parked, type RunState } from './state.ts';
import { describe, show } from './visible.ts';

/** What a human is asked about. */
export interface Asking {
  readonly name: string;
  /** Step id of the block that asks, so that it finds its gate again after continue-as-new. */
  readonly step: string;
  readonly draft: Draft;
  readonly because: string;
  readonly audit: boolean;
}

/** What a parked run needs from the run around it. */
export interface Around {
  readonly alarm: Alarm;
  /** True wakes the run, to continue as new. */
  wake(): boolean;
  readonly checkpoint: Checkpoint;
  /** Ends the run. */
  end(ending: Ending): never;
}

/** What the approval rule said about a draft; a human's approval of exactly this artefact answers it. */
export function mustAsk(state: RunState, draft: Draft): Evaluation['approval'] {
  if (state.approved[draft.artefact] === true) return { ask: false, audit: false, because: '' };
  return (
    state.approvals[draft.artefact] ?? { ask: true, audit: false, because: 'no approval rule has seen this draft' }
  );
}

/**
 * Parks the run until a human has decided, and does what was decided: an approval returns, a rejection, silence and a
 * stop end the run, a revision puts another version before the human. The work clock stands still meanwhile.
 */
export async function decideAt(state: RunState, asking: Asking, around: Around): Promise<void> {
  if (state.decided !== undefined) await recordDecided(state);
  const parked = goOn(state, asking) ?? (await openAt(state, asking));
  for (;;) {
    show(state, 'awaitingDecision');
    describe(state);
    const gate = await waitAt(state, parked, around);
    await recordAside(state);
    const ending = await settle(state, gate, parked, around);
    if (ending === 'again') continue;
    if (state.decided !== undefined && planOf(state).decisionsAlong !== true) await recordDecided(state);
    state.parked = undefined;
    state.phase = 'running';
    state.clock = resume(state.clock, Date.now());
    describe(state);
    if (ending !== undefined) around.end(ending);
    return;
  }
}

/** A gate that continue-as-new carried: an edit has to take the place of the draft that the author's code holds now. */
function goOn(state: RunState, asking: Asking): Parked | undefined {
  if (state.parked?.step !== asking.step) return undefined;
  state.parked = { ...state.parked, draft: asking.draft };
  return state.parked;
}

async function openAt(state: RunState, asking: Asking): Promise<Parked> {
  const id = nextGateId(state.gates, asking.name);
  const { digest, ...policy } = await openVersion(state, id, asking);
  const { step, draft, because, audit } = asking;
  const { artefact } = draft;
  const openedAt = Date.now();
  state.gates.push({
    id,
    state: 'open',
    digests: [digest],
    artefact,
    because,
    audit,
    openedAt,
    reminders: 0,
    ...policy,
  });
  state.parked = { step, gate: id, draft, first: artefact };
  return state.parked;
}

/** Puts a version before people. Histories of before know no policy. */
function openVersion(
  state: RunState,
  gate: string,
  { draft, because, audit }: Pick<Asking, 'draft' | 'because' | 'audit'>,
  of: { readonly version: number; readonly editedBy?: string | undefined; readonly editors?: readonly string[] } = {
    version: 1,
  },
): Promise<{ digest: string; policy?: GatePolicy }> {
  const plan = planOf(state);
  return records.openGate.executeWithOptions({ summary: `${gate} open` }, [
    {
      run: plan.run.runKey,
      gate,
      stage: draft.stage,
      artefact: draft.artefact,
      effects: plan.effects,
      because,
      audit,
      version: of.version,
      ...(of.editedBy === undefined ? {} : { editedBy: of.editedBy }),
      ...(of.editors === undefined ? {} : { editors: of.editors }),
      at: Date.now(),
    },
  ]);
}

/** Does what was decided. */
async function settle(
  state: RunState,
  gate: Gate,
  parked: Parked,
  around: Around,
): Promise<Ending | undefined | 'again'> {
  switch (gate.state) {
    case 'open':
    case 'closed':
      return { outcome: 'stopped', reason: `Stopped by ${state.stop?.by} at gate ${gate.id}: ${state.stop?.reason}` };
    case 'expired':
      decide(state, gate, { decision: 'expire' });
      return {
        outcome: 'expired',
        reason: `Nobody decided ${gate.id} in ${Math.round(planOf(state).expiresAfterMs / 1000)} s, and silence is a no.`,
      };
    case 'rejected':
      decide(state, gate, decisionOf(gate));
      return { outcome: 'rejected', reason: `Rejected by ${gate.decision?.by} at ${gate.id}: ${gate.decision?.note}` };
    case 'approved':
      return approve(state, gate, parked);
    case 'revising':
      return await revise(state, gate, parked, around);
    default:
      return assertNever(gate.state);
  }
}

/** The gate once it is no longer open, or a stop was asked for. Reminders are counted on the way. */
async function waitAt(state: RunState, parked: Parked, around: Around): Promise<Gate> {
  const plan = planOf(state);
  state.phase = 'awaitingDecision';
  state.clock = park(state.clock, Date.now());
  for (;;) {
    if (state.aside?.length) await recordAside(state);
    const gate = gateOf(state, parked);
    if (gate.state !== 'open' || state.stop !== undefined) return gate;
    if (around.wake()) await around.checkpoint();
    const expiresAt = gate.openedAt + plan.expiresAfterMs;
    const remindAt = gate.openedAt + (gate.reminders + 1) * plan.remindAfterMs;
    const moved = (): boolean => hasMoved(state, parked) || around.wake();
    const wakeAt = Math.min(expiresAt, remindAt);
    const woken =
      plan.alarms === true ? around.alarm.until(moved, wakeAt) : condition(moved, Math.max(1, wakeAt - Date.now()));
    if (await woken) continue;
    const expired = Date.now() >= expiresAt;
    put(state, { ...gate, ...(expired ? { state: 'expired' } : { reminders: gate.reminders + 1 }) });
    describe(state);
  }
}

function hasMoved(state: RunState, parked: Parked): boolean {
  return gateOf(state, parked).state !== 'open' || state.stop !== undefined || (state.aside?.length ?? 0) > 0;
}

function approve(state: RunState, gate: Gate, parked: Parked): undefined {
  decide(state, gate, decisionOf(gate), parked.first === gate.artefact ? undefined : parked.first);
  state.approved[gate.artefact] = true;
}

async function revise(state: RunState, gate: Gate, parked: Parked, around: Around): Promise<'again' | undefined> {
  const decision = decisionOf(gate);
  decide(state, gate, decision);
  await recordDecided(state);
  state.clock = resume(state.clock, Date.now());
  const changed =
    decision.feedback === undefined
      ? await edited(state, parked, decision)
      : await regenerated(state, parked, decision.feedback, around.checkpoint);
  if (changed !== undefined) {
    refuse(state, 'revise', changed);
    const { decision: _cameToNothing, ...asked } = gate;
    const because = `${changed}; the version before stands`;
    const { policy } = asked;
    const asBefore = { draft: { ...parked.draft, artefact: gate.artefact }, because, audit: gate.audit };
    if (policy !== undefined) await openVersion(state, gate.id, asBefore, { version: gate.digests.length, ...policy });
    put(state, { ...asked, state: 'open', because, openedAt: Date.now(), reminders: 0 });
    return 'again';
  }
  const because = `revised by ${decision.by}`;
  const editedBy = decision.output === undefined ? undefined : decision.by;
  const editors = [...(gate.policy?.editors ?? []), ...(editedBy === undefined ? [] : [editedBy])];
  const of = { version: gate.digests.length + 1, editedBy, ...(editors.length === 0 ? {} : { editors }) };
  const version = await openVersion(state, gate.id, { draft: parked.draft, because, audit: gate.audit }, of);
  const { artefact } = parked.draft;
  const next = { ...reopen(gate, { ...version, artefact, because }), openedAt: Date.now(), reminders: 0 };
  put(state, next);
  return decision.approve === true && decision.output !== undefined
    ? approveToo(state, next, parked, decision)
    : 'again';
}

/** Lets an edit be approved by whoever brought it, as far as the gate's policy does. */
function approveToo(state: RunState, gate: Gate, parked: Parked, decision: Decision): 'again' | undefined {
  const { output: _edit, approve: _too, digest: _old, ...who } = decision;
  const approval: Decision = { ...who, decision: 'approve' };
  if (gate.policy === undefined) {
    put(state, { ...gate, state: 'approved', decision: approval });
    return approve(state, gateOf(state, parked), parked);
  }
  takeBare(state, { ...approval, gate: gate.id, digest: current(gate) });
  return gateOf(state, parked).state === 'approved' ? approve(state, gateOf(state, parked), parked) : 'again';
}

/** Leaves a decision to the next step to put on record. */
function decide(state: RunState, gate: Gate, decision: Decision | { decision: 'expire' }, replaced?: string): void {
  state.decided = {
    gate: gate.id,
    digest: current(gate),
    decision,
    at: Date.now(),
    ...(replaced === undefined ? {} : { replaced }),
  };
}

function gateOf(state: RunState, parked: Parked): Gate {
  return state.gates.find(({ id }) => id === parked.gate) as Gate;
}

function put(state: RunState, changed: Gate): void {
  state.gates = state.gates.map((gate) => (gate.id === changed.id ? changed : gate));
}

function decisionOf(gate: Gate): Decision {
  return gate.decision as Decision;
}
