import type { FailureType } from '../failures.ts';

/** Failure types of a model's call. */
export type ModelFailureType = Extract<FailureType, `ModelError.${string}`>;

/** What becomes of a call that failed. */
export interface Fate {
  /** What happened. */
  readonly what: string;
  /** `verdict`: no failure, the criterion `schema` fails. `cancelled`: the run is ending, so nobody asks. */
  readonly type: ModelFailureType | 'verdict' | 'cancelled';
  /**
   * `again`: Temporal tries it again, after the provider's delay where it gave one. `final`: it would come to the same.
   * `repair`: one more attempt that is told what was wrong, counted and billed. `ends`: the run is closing.
   */
  readonly next: 'again' | 'final' | 'repair' | 'ends';
  /** Whether the provider is at fault, so that another model may answer instead. */
  readonly outage: boolean;
  /** `used`: what the answer says that it used; one that does not say is booked as `uncertain`, at the worst case. */
  readonly paid: 'nothing' | 'used' | 'uncertain';
  /** What to do, as the end of the failure's message. */
  readonly fix: string;
}

/** Some rows of the table. */
export type Fates = Readonly<Record<string, Fate>>;

/** What a call is held to, besides its own time. */
export const CALL_LIMITS = {
  /** Largest answer that is read, unpacked. */
  answerBytes: 8 * 1024 * 1024,
  /** Longest silence in an answer that has begun. */
  silenceMs: 120_000,
  /** Longest wait before the next try that a provider may ask for; three such waits are what a step waits at most. */
  waitMs: 600_000,
} as const;
