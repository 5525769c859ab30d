import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { wrap } from '../../activities/wrap.ts';
import type { Patience } from '../../core/patience.ts';
import { failure } from '../../contract/failures.ts';

/** Runs a step that fails on a try that was told so much by the tries before it; answers its failure and its last beat. */
async function fail(
  info: Partial<Info>,
  error: Error = failure('ModelError.Unavailable', 'down'),
  patience?: Patience,
) {
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 3000, ...info });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details) => beats.push(details));
  const reason: unknown = await environment
    .run(
      wrap(
        () => Promise.reject(error),
        () => patience,
      ),
      {},
    )
    .catch((thrown) => thrown);
  expect(reason).toBeInstanceOf(ApplicationFailure);
  return { reason: reason as ApplicationFailure, beat: beats.at(-1) };
}

describe('a regular step that fails', () => {
  test('is tried again, and tells the next try how many have failed', async () => {
    const first = await fail({ attempt: 1 });
    expect(first).toMatchObject({ reason: { nonRetryable: false }, beat: { failed: 1 } });
    const third = await fail({ attempt: 3, heartbeatDetails: { failed: 2 } });
    expect(third).toMatchObject({ reason: { nonRetryable: false }, beat: { failed: 3 } });
  });

  test('is given up after its fourth failure, which keeps its type and its words', async () => {
    const { reason } = await fail({ attempt: 4, heartbeatDetails: { failed: 3 } });
    expect(reason).toMatchObject({ type: 'ModelError.Unavailable', message: 'down', nonRetryable: true });
  });

  test('is waited for where somebody is patient: longer each time, and then it is final like any other', async () => {
    const patience = { firstMs: 10, longestMs: 50, failures: 6 };
    const delays = await Promise.all(
      [0, 1, 4, 5].map(async (failed) => (await fail({ heartbeatDetails: { failed } }, undefined, patience)).reason),
    );
    expect(delays.map(({ nonRetryable, nextRetryDelay }) => [nonRetryable, nextRetryDelay])).toEqual([
      [false, 10],
      [false, 20],
      [false, 50],
      [true, undefined],
    ]);
    const refused = await fail({ attempt: 1 }, failure('ModelError.Auth', 'no'), patience);
    expect(refused.reason).toMatchObject({ type: 'ModelError.Auth', nonRetryable: true });
  });

  test('is not given up for tries that died with their worker', async () => {
    const { reason } = await fail({ attempt: 9, heartbeatDetails: { failed: 1 } });
    expect(reason.nonRetryable).toBe(false);
  });

  test('waits where its worker lacks the loop, and that is no failure of the step', async () => {
    const missing = failure('LoopMissing', 'not here', { retryAfterMs: 60_000 });
    const { reason, beat } = await fail({ attempt: 9, heartbeatDetails: { failed: 3 } }, missing);
    expect(reason).toMatchObject({ type: 'LoopMissing', nonRetryable: false, nextRetryDelay: 60_000 });
    expect(beat).toBeUndefined();
  });

  test('is tried again where its store was closed: another worker has one', async () => {
    const { reason } = await fail({ attempt: 1 }, new Error('driver has already been destroyed'));
    expect(reason).toMatchObject({ type: 'StoreUnavailable', nonRetryable: false });
  });

  test('is given up at once where the failure is final, and as `Unexpected` where nobody foresaw it', async () => {
    const { reason } = await fail({ attempt: 1 }, new TypeError('x is not a function'));
    expect(reason).toMatchObject({ type: 'Unexpected', nonRetryable: true });
  });
});
