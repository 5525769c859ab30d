import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { VERIFIER_PATIENCE } from '../core/patience.ts';
import type { Activities } from '../activities/index.ts';

/** A worker that was killed is noticed after this long, so its step goes on elsewhere within seconds. */
const HEARTBEAT = '3s';

/** Tries of a regular step: four that fail (`activities/wrap.ts`), and some for workers that die, which is no failure of the step. */
const TRIES = 12;

/**
 * Model calls and judges: slow, paid, and sometimes refused for a moment. What cannot mend is not retried at all. A call ends
 * itself (five minutes, or 55 in the background), and a dead worker is noticed by its heartbeats: the timeout is for neither.
 */
export const models = proxyActivities<Activities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: HEARTBEAT,
  retry: {
    initialInterval: '1s',
    maximumInterval: '30s',
    maximumAttempts: TRIES,
    nonRetryableErrorTypes: ['PayloadsTooLarge'],
  },
});

/** Verifiers of an attempt: one that breaks is waited for, longer than a generator (`core/patience.ts`), because the attempt is not its to burn. */
export const verifiers = proxyActivities<Activities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: HEARTBEAT,
  retry: {
    initialInterval: '1s',
    maximumInterval: '30s',
    maximumAttempts: VERIFIER_PATIENCE.failures + TRIES,
    nonRetryableErrorTypes: ['PayloadsTooLarge'],
  },
});

/**
 * Effects: once-only is theirs to keep (key, record), so a lost worker may be followed by another try. A cancel waits
 * for what an effect in flight comes to, because a run must not close as stopped whose effect then happens.
 */
export const effects = proxyActivities<Activities>({
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  startToCloseTimeout: '310s',
  heartbeatTimeout: HEARTBEAT,
  retry: {
    initialInterval: '1s',
    maximumInterval: '1 minute',
    maximumAttempts: TRIES,
    nonRetryableErrorTypes: ['PayloadsTooLarge'],
  },
});

/** The store's records: short, keyed, and never given up while the store is away, because nothing may be lost. */
export const records = proxyLocalActivities<Activities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
});

/** Pure or quick steps of a stage, mostly after a first try along with the step before. Four tries: a check that still breaks then is broken. */
export const steps = proxyLocalActivities<Activities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', maximumAttempts: 4 },
});

/**
 * Proofs of who decides, one for each handler of an update. Regular and not local: handlers of several updates wait for theirs
 * at once, and a replay resolves local activities in another order than they came back in. Five tries: the store may be away.
 */
export const proofs = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 5 },
});

/** The records of experiments: a fold over many rows, and short all the same. */
export const experiments = proxyLocalActivities<Activities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '100ms', maximumInterval: '10s', nonRetryableErrorTypes: ['PayloadsTooLarge'] },
});
