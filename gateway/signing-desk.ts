import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { LoopClient } from '../client/loop-client.ts';
import type { Visitor } from '../contract/access.ts';
import { RefusedDecision, SETTLED_BY, type Approval, type DecisionRefusal } from '../contract/approvals.ts';
import { raiseBudgetUpdate, type DecideArgument, type Decision } from '../contract/messages.ts';
import { STATEMENT_SECONDS, type Statement } from '../contract/statement.ts';
import { decisionText } from '../core/decision-text.ts';
import { isTrespass } from '../core/may-decide.ts';
import { isPending } from '../core/pending.ts';
import { MESSAGE_BOUNDS, whyUnsafe } from '../core/readable.ts';
import type { Store } from '../store/ports.ts';
import type { DecisionKey } from './decision-key.ts';
import { isProven, whyNotBy } from './standing.ts';
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
    const tooMuch = whyUnsafe(decision, MESSAGE_BOUNDS);
    if (tooMuch !== undefined) return { kind: 'refused', why: `the decision ${tooMuch}` };
    const approval = await store.approvals.find(decision.digest, now());
    if (approval === undefined) return { kind: 'unknown' };
    const message = { ...decision, by: visitor.name, gate: approval.gate } as DecideArgument;
    // Of what is settled the run is asked all the same: it may wait again, where somebody has reset it.
    if (!isPending(approval.state)) return await this.#send(approval, visitor, message);
    const { claimedBy, claimedUntil = 0 } = approval;
    if (claimedBy !== undefined && claimedBy !== visitor.name)
      return { kind: 'held', by: claimedBy, until: claimedUntil };
    const against = whyNotBy(visitor, approval, decision.decision, now());
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
      const of = { run: run.run.runKey, gate: raiseBudgetUpdate.name, digest: budget };
      return { kind: 'raised', ...(await runs.raise(workflowId, this.#signed(of, visitor, message), timeoutMs)) };
    } catch (error) {
      const refused = error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError;
      const why = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
      return { kind: refused ? 'refused' : 'unreachable', why };
    }
  }

  async #send(approval: Approval, visitor: Visitor, message: DecideArgument): Promise<DeskAnswer> {
    const { store, runs, timeoutMs = PATIENCE_MS } = this.#options;
    const run = await store.runs.find(approval.runKey);
    const { runKey, gate, digest } = approval;
    const signed = this.#signed({ run: runKey, gate, digest }, visitor, message);
    const of = { timeoutMs, ...(run === undefined ? {} : { firstRunId: run.firstRunId }) };
    try {
      const { state, have, need } = await whenNotBusy(() => runs.decide(approval.workflowId, signed, of));
      return { kind: 'decided', state, have, need };
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== undefined) return await this.#refused(approval, message, refusal);
      // The run may have ended by what somebody else decided, or by this very decision.
      const now = await store.approvals.find(approval.digest, this.#options.now());
      if (now !== undefined && !isPending(now.state)) return settledAnswer(now, visitor, message);
      if (error instanceof WorkflowNotFoundError) return { kind: 'late' };
      return {
        kind: 'unreachable',
        why: `the run did not answer (${(error as Error).message}); look whether it counts, then try again`,
      };
    }
  }

  /** A message with what proves whose it is, where that is proven. */
  #signed<Message extends object>(
    of: Pick<Statement, 'run' | 'gate' | 'digest'>,
    visitor: Visitor,
    message: Message,
  ): Message & { signature?: string } {
    if (!isProven(visitor)) return message;
    const iat = Math.floor(this.#options.now() / 1000);
    const signature = this.#options.key.sign({
      ...of,
      decision: createHash('sha256').update(decisionText(message)).digest('hex'),
      by: visitor.name,
      roles: [...visitor.roles],
      iat,
      exp: iat + STATEMENT_SECONDS,
      nonce: randomUUID(),
    });
    return { ...message, signature };
  }

  async #refused(
    approval: Approval,
    { decision, by }: DecideArgument,
    refusal: { readonly code: DecisionRefusal; readonly why: string; readonly state?: string; readonly by?: string },
  ): Promise<DeskAnswer> {
    const { store, now } = this.#options;
    const { code, why } = refusal;
    if (isTrespass(code)) {
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
    return { kind: isTrespass(code) ? 'forbidden' : 'refused', why };
  }
}

/** What a decision comes to on what is settled: the same as before where it is the same again. */
function settledAnswer(
  { state, decidedBy, have, need, approvedBy }: Approval,
  { name }: Visitor,
  { decision }: Pick<Decision, 'decision'>,
): DeskAnswer {
  const mine = decision === 'approve' ? approvedBy.includes(name) : decidedBy === name;
  if (mine && SETTLED_BY[state] === decision) return { kind: 'decided', state, have, need };
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
