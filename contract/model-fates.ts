import { ANSWER_FATES } from './model-fates/answers.ts';
import type { Fate, ModelFailureType } from './model-fates/fate.ts';
import { NETWORK_FATES } from './model-fates/network.ts';
import { STATUS_FATES } from './model-fates/statuses.ts';

export { CALL_LIMITS, type Fate, type ModelFailureType } from './model-fates/fate.ts';

/**
 * Every way in which a model's call fails, and what becomes of it. Ids stay: logs, metrics and `why` name them. The
 * classifier is `activities/models/classify.ts`; the page `docs/reference/model-failures.md` is made from this table.
 */
const TABLE = { ...NETWORK_FATES, ...STATUS_FATES, ...ANSWER_FATES } as const;

/** Id of a row, e.g. `rate-limited`. */
export type FateId = keyof typeof TABLE;

/** {@link TABLE}, by id. */
export const FATES: Readonly<Record<FateId, Fate>> = TABLE;

/** The row of a failure that names none: a scripted model's, or one of an endpoint that is not ours. */
export const USUAL_FATES: Readonly<Record<ModelFailureType, FateId>> = {
  'ModelError.RateLimit': 'rate-limited',
  'ModelError.NoCredit': 'no-credit',
  'ModelError.Unavailable': 'server-error',
  'ModelError.Timeout': 'late-before-answer',
  'ModelError.Auth': 'key-refused',
  'ModelError.BadRequest': 'bad-request',
  'ModelError.Refused': 'refusal',
  'ModelError.Truncated': 'truncated',
  'ModelError.TooLarge': 'request-too-large',
};

/** First of the details of a model's failure: its row, and what the call used where the answer said so. */
export interface ModelFailureDetails {
  readonly fate: FateId;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cachedTokens?: number | undefined;
}
