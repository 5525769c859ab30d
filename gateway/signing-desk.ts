import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { LoopClient } from '../client/loop-client.ts';
import type { Visitor } from '../contract/access.ts';
import { RefusedDecision, type Approval, type ApprovalState, type DecisionRefusal } from '../contract/approvals.ts';
import type { DecideArgument, Decision } from '../contract/messages.ts';
import { STATEMENT_SECONDS, type Statement } from '../contract/statement.ts';
import { canonicalJson } from '../core/canonical.ts';
import { whyNot } from '../core/may-decide.ts';
import { whyTooMuch } from '../core/readable.ts';
import type { Store } from '../store/ports.ts';
import type { DecisionKey } from './decision-key.ts';
import type { Desk, DeskAnswer, DeskDecision, DeskRaise, RaiseAnswer } from './desk.ts';

/** What a desk stands on. */
export interface SigningDeskOptions {
  readonly store: Pick<Store, 'approvals' | 'gates' | 'records' | 'runs'>;
  readonly runs: Pick<LoopClient, 'decide' | 'raise' | 'status'>;
  readonly key: DecisionKey;
  readonly now: () => number;
  /** How long a run may take to answer, in milliseconds. Default: 10 s. */
  readonly timeoutMs?: number;
}

/** How long a run may take to answer, in milliseconds, unless said otherwise. */
const PATIENCE_MS = 10_000;

/** What of a person's tries goes on record: they tried what they may not. */
const RECORDED: readonly DecisionRefusal[] = ['forbidden', 'unsigned', 'ownWork', 'signature'];

/** What a settled approval says of a decision that is the same again. */
const STATE_AFTER: Readonly<Record<DeskDecision['decision'], readonly ApprovalState[]>> = {
  approve: ['approved'],
  reject: ['rejected'],
  revise: ['edited', 'answered'],
};

/**
 * Sends what people decide to their run, signed for who is signed in, and says what came of it: the run alone decides who
 * was first. What the policy refuses is refused here already, and goes on record: a refused update leaves nothing in a
 * history. A command of this machine's owner is not signed, because it may call itself anything.
 */
export class SigningDesk implements Desk {
  readonly #options: SigningDeskOptions;

  constructor(options: SigningDeskOptions) {
    this.#options = options;
  }

  async decide(visitor: Visitor, decision: DeskDecision): Promise<DeskAnswer> {
    const { store, now } = this.#options;
    const tooMuch = whyTooMuch(decision);
    if (tooMuch !== undefined) return { kind: 'refused', why: `the decision ${tooMuch}` };
    const approval = await store.approvals.find(decision.id, now());
    if (approval === undefined) return { kind: 'unknown' };
    const { id: _shown, ...said } = decision;
    const { digest, gate } = approval;
    const message = { ...said, by: visitor.name, digest, gate } as DecideArgument;
    // Of what is settled the run is asked all the same: it may wait again, where somebody has reset it.
    if (!waits(approval)) return await this.#send(approval, visitor, message);
    const { claimedBy, claimedUntil = 0 } = approval;
    if (claimedBy !== undefined && claimedBy !== visitor.name)
      return { kind: 'held', by: claimedBy, until: claimedUntil };
    const against = this.#against(approval, visitor, message);
    if (against !== undefined) return await this.#refused(approval, message, against);
    return await this.#send(approval, visitor, message);
  }

  async raise(visitor: Visitor, { workflowId, usd, reason }: DeskRaise): Promise<RaiseAnswer> {
    const { store, runs, timeoutMs = PATIENCE_MS } = this.#options;
    try {
      const run = await store.records.find({ run: workflowId });
      const { budget } = run === undefined ? {} : await runs.status(workflowId);
      if (run === undefined || budget === undefined)
        return { kind: 'refused', why: `${workflowId} waits for no money` };
      const message = { by: visitor.name, usd, reason };
      const of = { run: run.run.runKey, gate: 'raiseBudget', digest: budget };
      const signed = visitor.via === 'owner' ? message : { ...message, signature: this.#sign(of, visitor, message) };
      return { kind: 'raised', ...(await runs.raise(workflowId, signed, timeoutMs)) };
    } catch (error) {
      const refused = error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError;
      const why = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
      return { kind: refused ? 'refused' : 'unreachable', why };
    }
  }

  #against(approval: Approval, { via, roles }: Visitor, { decision, by }: DecideArgument) {
    const identity = via === 'owner' ? 'unverified' : 'signed';
    const policy = approval.policy;
    return policy && whyNot(policy, approval.openedAt, { decision, by, roles, identity }, this.#options.now());
  }

  async #send(approval: Approval, visitor: Visitor, message: DecideArgument): Promise<DeskAnswer> {
    const { store, runs, timeoutMs = PATIENCE_MS } = this.#options;
    const run = await store.runs.find(approval.runKey);
    const { runKey, gate, digest } = approval;
    const bound = { run: runKey, gate, digest };
    const signed = visitor.via === 'owner' ? message : { ...message, signature: this.#sign(bound, visitor, message) };
    const of = { timeoutMs, ...(run === undefined ? {} : { firstRunId: run.firstRunId }) };
    try {
      const { state, have, need } = await whenNotBusy(() => runs.decide(approval.workflowId, signed, of));
      return { kind: 'decided', state, have, need };
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== undefined) return await this.#refused(approval, message, refusal);
      // The run may have ended by what somebody else decided, or by this very decision.
      const now = await store.approvals.find(approval.digest, this.#options.now());
      if (now !== undefined && !waits(now)) return settledAnswer(now, visitor, message);
      if (error instanceof WorkflowNotFoundError) return { kind: 'late' };
      return {
        kind: 'unreachable',
        why: `the run did not answer (${(error as Error).message}); look whether it counts, then try again`,
      };
    }
  }

  #sign(
    { run, gate, digest }: Pick<Statement, 'run' | 'gate' | 'digest'>,
    { name, roles }: Visitor,
    message: object,
  ): string {
    const iat = Math.floor(this.#options.now() / 1000);
    return this.#options.key.sign({
      run,
      gate,
      digest,
      decision: createHash('sha256').update(canonicalJson(message)).digest('hex'),
      by: name,
      roles: [...roles],
      iat,
      exp: iat + STATEMENT_SECONDS,
      nonce: randomUUID(),
    });
  }

  async #refused(
    approval: Approval,
    { decision, by }: DecideArgument,
    refusal: { readonly code: DecisionRefusal; readonly why: string; readonly state?: string; readonly by?: string },
  ): Promise<DeskAnswer> {
    const { store, now } = this.#options;
    const { code, why } = refusal;
    if (RECORDED.includes(code)) {
      const { runKey, gate, digest } = approval;
      await store.gates.refuse({ runKey, gate, digest, decision, code, why, by, via: 'gateway', at: now() });
    }
    if (code === 'late' && refusal.by !== undefined)
      return { kind: 'lost', by: refusal.by, state: refusal.state ?? 'decided' };
    if (code === 'late' || code === 'edited' || code === 'otherDigest' || code === 'otherGate') {
      const current = await store.approvals.find(approval.digest, now());
      return current?.decidedBy === undefined
        ? { kind: 'late' }
        : { kind: 'lost', by: current.decidedBy, state: current.state };
    }
    return { kind: RECORDED.includes(code) ? 'forbidden' : 'refused', why };
  }
}

function waits({ state }: Approval): boolean {
  return state === 'open' || state === 'claimed';
}

/** What a decision comes to on what is settled: the same as before where it is the same again. */
function settledAnswer(
  { state, decidedBy, have, need, approvedBy }: Approval,
  { name }: Visitor,
  { decision }: Pick<Decision, 'decision'>,
): DeskAnswer {
  const mine = decision === 'approve' ? approvedBy.includes(name) : decidedBy === name;
  if (mine && STATE_AFTER[decision].includes(state)) return { kind: 'decided', state, have, need };
  return decidedBy === undefined ? { kind: 'late' } : { kind: 'lost', by: decidedBy, state };
}

/** A run verifies a few signatures at a time: whoever comes then comes again. */
async function whenNotBusy<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await ask();
    } catch (error) {
      if (refusalIn(error)?.code !== 'busy' || tries === 20) throw error;
      await pause(50 * tries);
    }
}

/** Why a run refused, where it did. */
function refusalIn(error: unknown): (RefusedDecision & { why: string }) | undefined {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'DecisionRefused') return undefined;
  const said = RefusedDecision.safeParse(cause.details?.[0]);
  return { ...(said.success ? said.data : { code: 'malformed' as const }), why: cause.message };
}
