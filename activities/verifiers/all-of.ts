import { ApplicationFailure } from '@temporalio/common';

/**
 * What all of them come to, once each has come to something: an answer that is under way is paid for, so nobody's
 * failure leaves it behind. Of several failures the one counts that cannot mend.
 */
export async function allOf<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(asked);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const worst = failures.find((reason) => reason instanceof ApplicationFailure && reason.nonRetryable === true);
  // oxlint-disable-next-line typescript/only-throw-error -- thrown on as it came
  if (failures.length > 0) throw worst ?? failures[0];
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
