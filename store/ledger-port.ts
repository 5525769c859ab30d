import type { Timestamp } from '../contract/names.ts';

/** A budget above a call. */
export interface Budget {
  /**
   * `stage:<runKey>/<stage>`, `run:<runKey>`, `loop:<loop>:<UTC day>`, `tenant:<tenant>:<UTC day>`, `installation:<UTC day>`,
   * or `call:<runKey>` for the most that one call of a run may cost at worst.
   */
  readonly id: string;
  /** Without what people have raised it by. */
  readonly capMicroUsd: number;
}

/** A budget of which four fifths are used, said once. */
export interface LowBudget {
  readonly budget: string;
  readonly capMicroUsd: number;
  readonly usedMicroUsd: number;
}

/** A person's permission to spend more. */
export interface Raise {
  /** The same raise again changes nothing. */
  readonly key: string;
  readonly budget: string;
  readonly runKey: string;
  readonly microUsd: number;
  readonly by: string;
  readonly reason: string;
  /** Whether who raised was proven. */
  readonly identity?: 'signed';
  readonly at: Timestamp;
}

/** One paid call, identified so that every try of it has a line of its own. */
export interface CallKey {
  readonly runKey: string;
  readonly loop: string;
  readonly stage: string;
  readonly attempt: number;
  /** `generate`, or the verifier's name. */
  readonly call: string;
  /** Temporal's run id and the id of the activity: a reset, and a step that is made again after a raise, are paid again. */
  readonly execution: string;
  /** Temporal's attempt of the activity, from 1. */
  readonly activityAttempt: number;
}

/** A call whose lease has run out, with the response that it waited for. */
export interface LostCall {
  readonly call: CallKey;
  readonly model: string;
  readonly response: string;
  readonly leaseUntil: Timestamp;
}

/** What a call used. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input, what the provider had in its cache. */
  readonly cachedTokens?: number | undefined;
}

/** Money: reserve before, settle after (DESIGN §7). Amounts in integer micro-USD. */
export interface Ledger {
  /**
   * Takes the worst case from every budget, or from none; `callCap` is what it may be at most. Earlier tries of the same call that never settled become
   * `uncertain`; but where one left a response in flight at its provider, its line is taken over and `response` says which.
   */
  reserve(
    call: CallKey,
    reservation: {
      readonly model: string;
      readonly microUsd: number;
      readonly budgets: readonly Budget[];
      readonly callCap?: Budget | undefined;
      readonly tenant?: string | undefined;
      readonly at: Timestamp;
      readonly leaseUntil: Timestamp;
    },
  ): Promise<
    | { readonly kind: 'held'; readonly response?: string; readonly low?: readonly LowBudget[] }
    /** This very try has been booked: nobody may call on it again. */
    | { readonly kind: 'booked' }
    | { readonly kind: 'refused'; readonly budget: string; readonly capMicroUsd: number; readonly usedMicroUsd: number }
  >;
  /** Notes the provider's id of the response that a held call waits for, so that another try can pick it up. */
  note(call: CallKey, response: string): Promise<void>;
  /** Names of an attempt's calls that wait for a response at its provider. */
  inFlight(attempt: Pick<CallKey, 'runKey' | 'stage' | 'attempt'>): Promise<readonly string[]>;
  /** Whether another try than this one waits for a response. */
  isAwaited(response: string, by: CallKey): Promise<boolean>;
  /** Books what the call really cost; once. */
  settle(call: CallKey, actual: Usage & { readonly microUsd: number }): Promise<void>;
  /** Books the worst case: the provider may have charged us. */
  giveUp(call: CallKey): Promise<void>;
  /** Gives the reservation back: the provider certainly charged nothing. */
  release(call: CallKey): Promise<void>;
  /** Notes that a run waits at a budget that has less left than it needs. */
  wait(wait: {
    readonly runKey: string;
    readonly budget: string;
    readonly needMicroUsd: number;
    readonly at: Timestamp;
  }): Promise<void>;
  /** Notes that a run waits no longer. */
  endWait(runKey: string, at: Timestamp): Promise<void>;
  /** Adds to a budget's cap, for good; the run waits no longer. */
  raise(raise: Raise): Promise<void>;
  /** How much people have raised a budget by. */
  raised(budget: string): Promise<number>;
  /** Held lines whose lease has run out and whose response may be asked for at its provider. */
  lost(now: Timestamp): Promise<readonly LostCall[]>;
  /** Held lines whose lease has run out become `uncertain`, never free; those of {@link lost} are left to whoever asks their provider. Returns how many. */
  expire(now: Timestamp): Promise<number>;
  /** Makes every budget the sum of its lines again, and says which were not. Empty unless somebody wrote to the tables. */
  reconcile(): Promise<readonly string[]>;
  /** What a run has spent and still holds. */
  spent(runKey: string): Promise<number>;
}
