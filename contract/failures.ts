import { ApplicationFailure } from '@temporalio/common';

/**
 * Every failure the product raises on purpose, in one table. `retryable` says whether Temporal may run the same
 * activity again; `message` says what the failure means. Each has a page `docs/errors/<type>.md`.
 */
export const FAILURES = {
  InvalidInput: { retryable: false, message: 'The input or the options do not fit the loop.' },
  UnknownLoop: { retryable: false, message: 'No loop has this name on this worker.' },
  LoopMissing: { retryable: true, message: 'The loop of an open run is not on this worker (any more).' },
  InvalidHarness: { retryable: false, message: 'The harness of the loop breaks a rule.' },
  SelfVerification: { retryable: false, message: 'Generator and verifier are the same.' },
  'ModelError.RateLimit': { retryable: true, message: 'The model provider asked to slow down.' },
  'ModelError.NoCredit': { retryable: false, message: 'The account at the model provider has no credit left.' },
  'ModelError.Unavailable': { retryable: true, message: 'The model provider could not be reached or failed.' },
  'ModelError.Timeout': { retryable: true, message: 'The model did not answer in time.' },
  'ModelError.Auth': { retryable: false, message: 'The model provider refused our credentials.' },
  'ModelError.BadRequest': { retryable: false, message: 'The model provider refused the request.' },
  'ModelError.Refused': { retryable: false, message: 'The model refused to answer.' },
  'ModelError.Truncated': { retryable: false, message: 'The answer was cut off by the token limit.' },
  'ModelError.TooLarge': { retryable: false, message: 'The request or the answer is too large.' },
  SourceFailed: { retryable: true, message: 'A source of context failed, so nothing was generated.' },
  SourceRefused: { retryable: false, message: 'A source of context was led out of what it may read.' },
  VerifierError: { retryable: true, message: 'A verifier broke, so nothing was proven.' },
  BudgetExceeded: { retryable: false, message: 'The call could pass a budget, so it was not made.' },
  UnknownPrice: { retryable: false, message: 'The model has no declared price.' },
  StalePrice: { retryable: false, message: 'The declared prices are too old to reckon with.' },
  EffectRefused: { retryable: false, message: 'An effect was asked for without proof on exactly that artefact.' },
  ToolDenied: { retryable: false, message: 'The contract of an effect does not let it be done.' },
  EffectFailed: { retryable: true, message: 'An effect that may be repeated failed.' },
  EffectUncertain: { retryable: false, message: 'It is not known whether an effect happened.' },
  StartRefused: { retryable: false, message: 'A loop asked for a run of another one that cannot be started.' },
  ArtefactMissing: { retryable: false, message: 'A stored artefact is not there (any more).' },
  StoreUnavailable: { retryable: true, message: 'The store cannot be written or read just now.' },
  Unexpected: { retryable: false, message: 'The product itself is at fault.' },
} as const satisfies Record<string, { retryable: boolean; message: string }>;

/** Type name of a failure, as Temporal shows it. */
export type FailureType = keyof typeof FAILURES;

/** What a failure may carry besides its message. */
export interface FailureDetails {
  /** Wait this long before the next try, in milliseconds (a provider's Retry-After). */
  readonly retryAfterMs?: number;
  readonly cause?: Error;
  /** Small JSON values for machines. */
  readonly details?: readonly unknown[];
}

/** The Temporal failure for an entry of {@link FAILURES}; `message` names the thing, the rule, the value and the fix. */
export function failure(type: FailureType, message: string, more: FailureDetails = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !FAILURES[type].retryable,
    ...(more.retryAfterMs === undefined ? {} : { nextRetryDelay: more.retryAfterMs }),
    ...(more.cause === undefined ? {} : { cause: more.cause }),
    ...(more.details === undefined ? {} : { details: [...more.details] }),
  });
}
