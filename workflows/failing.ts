import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { ContinueAsNew, isCancellation } from '@temporalio/workflow';

/** An error as a workflow that is no run throws it: continue-as-new and cancel as they are, everything else as its cause. */
export function thrown(error: unknown): unknown {
  return error instanceof ContinueAsNew || isCancellation(error) ? error : causeOf(error);
}

/** The failure behind an error, always one that fails the workflow and never only its task: a plain error would retry for ever. */
export function causeOf(error: unknown): ApplicationFailure {
  const cause = error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    return ApplicationFailure.create({
      type: cause.type ?? 'Unexpected',
      message: cause.message,
      nonRetryable: true,
      details: cause.details ?? [],
    });
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return ApplicationFailure.create({
    type: timeoutOf(cause) ?? 'Unexpected',
    message,
    nonRetryable: true,
    ...(cause instanceof Error ? { cause } : {}),
  });
}

/** Only the run's deadline limits a step with all its tries; every other timeout is of one try, by a worker or a dependency. */
function timeoutOf(cause: unknown): 'Deadline' | 'Timeout' | undefined {
  if (!(cause instanceof TimeoutFailure)) return undefined;
  return cause.timeoutType === 'SCHEDULE_TO_CLOSE' ? 'Deadline' : 'Timeout';
}
