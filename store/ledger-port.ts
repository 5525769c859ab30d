import type { Timestamp } from '../contract/names.ts';

/** A budget above a call. */
export interface Budget {
  /** `run:<runKey>` or `loop:<loop>:<UTC day>`. */
  readonly id: string;
  readonly capMicroUsd: number;
}

/** One paid call, identified so that every try of it has a line of its own. */
export interface CallKey {
  readonly runKey: string;
  readonly loop: string;
  readonly stage: string;
  readonly attempt: number;
  /** `generate`, or the verifier's name. */
  readonly call: string;
  /** Temporal's run id: a reset makes a new one, whose calls are paid again. */
  readonly execution: string;
  /** Temporal's attempt of the activity, from 1. */
  readonly activityAttempt: number;
}

/** What a call used. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Money: reserve before, settle after (DESIGN §7). Amounts in integer micro-USD. */
export interface Ledger {
  /**
   * Takes the worst case from every budget, or from none. Earlier tries of the same call that never settled become
   * `uncertain`; but where one left a response in flight at its provider, its line is taken over and `response` says which.
   */
  reserve(
    call: CallKey,
    reservation: {
      readonly model: string;
      readonly microUsd: number;
      readonly budgets: readonly Budget[];
      readonly at: Timestamp;
      readonly leaseUntil: Timestamp;
    },
  ): Promise<
    | { readonly kind: 'held'; readonly response?: string }
    | { readonly kind: 'refused'; readonly budget: string; readonly capMicroUsd: number; readonly usedMicroUsd: number }
  >;
  /** Notes the provider's id of the response that a held call waits for, so that another try can pick it up. */
  note(call: CallKey, response: string): Promise<void>;
  /** Books what the call really cost; once. */
  settle(call: CallKey, actual: Usage & { readonly microUsd: number }): Promise<void>;
  /** Books the worst case: the provider may have charged us. */
  giveUp(call: CallKey): Promise<void>;
  /** Gives the reservation back: the provider certainly charged nothing. */
  release(call: CallKey): Promise<void>;
  /** Held lines whose lease has run out become `uncertain`, never free. Returns how many. */
  expire(now: Timestamp): Promise<number>;
  /** What a run has spent and still holds. */
  spent(runKey: string): Promise<number>;
}
