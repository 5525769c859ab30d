import type { Digest, Timestamp } from './names.ts';
import type { RunResult } from './outcomes.ts';
import type { Verdict } from './verdict.ts';

/** What can be seen of a run from outside while it goes on, in the order it happens. */
export type RunEvent =
  | { readonly kind: 'opened'; readonly at: Timestamp; readonly harness: string; readonly dryRun: boolean }
  | {
      readonly kind: 'attempt';
      readonly at: Timestamp;
      /** Stage and number, `main/1`; a person's edit is named after its gate. */
      readonly step: string;
      readonly verdict: Verdict;
    }
  /** A human is asked; `digest` is what a decision has to name. */
  | { readonly kind: 'gate'; readonly at: Timestamp; readonly gate: string; readonly digest: Digest }
  /** A budget has less left than the next call may cost: the run waits for more. */
  | { readonly kind: 'budget'; readonly at: Timestamp; readonly budget: string; readonly needMicroUsd: number }
  /** Somebody spoke to the run; whether it obeyed shows in what follows. */
  | { readonly kind: 'message'; readonly at: Timestamp; readonly name: string; readonly by?: string }
  | { readonly kind: 'acting'; readonly at: Timestamp; readonly effect: string }
  | { readonly kind: 'acted'; readonly at: Timestamp; readonly effect: string }
  /** Temporal does not answer just now; the run itself does not mind. */
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'closed'; readonly at: Timestamp; readonly closing: Closing };

/** How a run closed in Temporal. */
export type Closing =
  | { readonly kind: 'completed'; readonly result: RunResult }
  /** It failed: its loop, its input or the product is at fault. */
  | { readonly kind: 'failed'; readonly type: string; readonly message: string }
  /** Ended from outside. */
  | { readonly kind: 'ended'; readonly how: 'canceled' | 'terminated' | 'timedOut' };
