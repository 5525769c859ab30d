import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failure } from '../contract/failures.ts';
import { nextTry, type Patience } from '../core/patience.ts';

/** How often a regular activity says that it is alive, in milliseconds; a third of the shortest heartbeat timeout. */
const HEARTBEAT_MS = 1000;

/** Names of errors by which SQLite and Node say "not now". */
const STORE_TROUBLE = ['ERR_SQLITE_ERROR', 'SQLITE_BUSY', 'ENOSPC', 'EIO', 'EMFILE'];

/** What a store says that was closed before its worker had stopped: another worker goes on. */
const CLOSED = /driver has already been destroyed|database is not open/;

/** How often a regular step may fail before it is given up, if nobody is more patient. The retry policies (`workflows/proxies.ts`) allow more tries, for workers that die. */
const FAILURES_ALLOWED = 4;

type Activity<Input, Output> = (input: Input) => Promise<Output>;

/** What a try tells the next one by its heartbeats. */
interface Beat {
  /** How many tries have failed so far. One that died with its worker has not. */
  readonly failed: number;
}

/**
 * An activity whose errors are always failures of our table: what nobody foresaw is `Unexpected` and final, because
 * repeating a bug mends nothing. Regular ones heartbeat while they work, so that a kill is noticed and cancel arrives.
 * `patience` says how long a failing one is waited for; without it the retry policy does.
 */
export function wrap<Input, Output>(
  work: Activity<Input, Output>,
  patience: (input: Input, reason: Error) => Patience | undefined = () => undefined,
): Activity<Input, Output> {
  return async (input) => {
    if (activityInfo().heartbeatTimeoutMs === undefined) return await work(input).catch(rethrow);
    const { failed } = (activityInfo().heartbeatDetails as Beat | undefined) ?? { failed: 0 };
    const timer = setInterval(() => heartbeat({ failed } satisfies Beat), HEARTBEAT_MS);
    try {
      return await work(input);
    } catch (error) {
      const reason = asFailure(error);
      // A worker without the loop is no failure of the step: it waits for one that has it.
      if ((reason as ApplicationFailure).type === 'LoopMissing') throw reason;
      heartbeat({ failed: failed + 1 } satisfies Beat);
      throw again(reason, failed + 1, patience(input, reason));
    } finally {
      clearInterval(timer);
    }
  };
}

function rethrow(error: unknown): never {
  throw asFailure(error);
}

/** The same failure as the server has to take it after so many: to be tried again, and when, or not any more. */
function again(reason: Error, failed: number, patience: Patience | undefined): Error {
  if (!(reason instanceof ApplicationFailure)) return reason;
  const { message, type, details, cause, nextRetryDelay } = reason;
  if (patience === undefined)
    return failed < FAILURES_ALLOWED ? reason : new ApplicationFailure(message, type, true, details, cause);
  const next = nextTry(patience, failed, typeof nextRetryDelay === 'number' ? nextRetryDelay : undefined);
  return next.kind === 'givenUp'
    ? new ApplicationFailure(message, type, true, details, cause)
    : new ApplicationFailure(message, type, reason.nonRetryable, details, cause, next.afterMs);
}

function asFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (cancellationSignal().aborted) return new CancelledFailure('The run was cancelled while this step was at work.');
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = (error as { code?: string }).code ?? '';
  if ((STORE_TROUBLE.includes(code) && isTransient(cause)) || CLOSED.test(cause.message)) {
    return failure('StoreUnavailable', `The store did not answer: ${cause.message}. It is tried again.`, { cause });
  }
  return failure(
    'Unexpected',
    `${cause.name}: ${cause.message}. This is a fault of Loopwright or of the loop's code; the stack is in the cause.`,
    { cause },
  );
}

/** Constraint violations and syntax errors never mend themselves; locks, full disks and I/O errors may. */
function isTransient(error: Error): boolean {
  return !/constraint|syntax|no such|mismatch|misuse/i.test(error.message);
}
