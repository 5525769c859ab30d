import type { Digest } from './names.ts';

/** How a run ends: always one of these, and never "success" for anything but the first (DESIGN §4.4). */
export const OUTCOMES = [
  'accepted',
  'noWork',
  'rejected',
  'expired',
  'exhausted',
  'stalled',
  'overBudget',
  'blocked',
  'stopped',
  'dryRun',
] as const;

/** How a run ended. */
export type Outcome = (typeof OUTCOMES)[number];

/** What each outcome means, for people. */
export const OUTCOME_MEANING: Readonly<Record<Outcome, string>> = {
  accepted: 'Verified, approved where needed, and the effects are done.',
  noWork: 'Nothing to do: the work is done already, in progress elsewhere, or there is none.',
  rejected: 'A person said no.',
  expired: 'Nobody decided in time, and silence is a no.',
  exhausted: 'All attempts, or all the time to work, were used up.',
  stalled: 'No progress, also after a change of strategy, or the next attempt is not worth its price.',
  overBudget: 'The next call could have passed a budget, so it was not made.',
  blocked: 'A dependency failed or refused, or the result of an effect is not known.',
  stopped: 'A person stopped or cancelled it.',
  dryRun: 'Done without acting, as asked.',
};

/** What a run answers when it closes. */
export interface RunResult {
  readonly outcome: Outcome;
  /** One sentence for a person: why it ended so. */
  readonly reason: string;
  /** The accepted output, left out above 64 KiB (then read `artefact`). */
  readonly output?: unknown;
  /** Attempts of all stages, those a human asked for included. */
  readonly attempts: number;
  readonly costUsd: number;
  /** Harness version, e.g. `v1`. */
  readonly harness: string;
  /** Digest of the accepted artefact. */
  readonly artefact?: Digest;
  /** Digest of the best verified-so-far artefact of a run that was not accepted. */
  readonly best?: Digest;
  /** How many gates the run opened. */
  readonly gates: number;
  /** How many lessons it left. */
  readonly lessons: number;
  /** Workflow id of the run that did, or is doing, the same work. */
  readonly duplicateOf?: string;
  /** Dry runs: what a real one would have done with the output, and why it would have asked a human first. */
  readonly wouldHave?: { readonly effects: readonly string[]; readonly asked?: string };
}
