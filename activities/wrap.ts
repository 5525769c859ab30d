import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failure } from '../contract/failures.ts';

/** How often a regular activity says that it is alive, in milliseconds; a third of the shortest heartbeat timeout. */
const HEARTBEAT_MS = 1000;

/** Names of errors by which SQLite and Node say "not now". */
const STORE_TROUBLE = ['ERR_SQLITE_ERROR', 'SQLITE_BUSY', 'ENOSPC', 'EIO', 'EMFILE'];

type Activity<Input, Output> = (input: Input) => Promise<Output>;

/**
 * An activity that heartbeats while it works (so that a kill is noticed and cancel arrives) and whose errors are
 * always failures of our table: what nobody foresaw is `Unexpected` and final, because repeating a bug mends nothing.
 */
export function wrap<Input, Output>(work: Activity<Input, Output>): Activity<Input, Output> {
  return async (input) => {
    const timer =
      activityInfo().heartbeatTimeoutMs === undefined ? undefined : setInterval(() => heartbeat(), HEARTBEAT_MS);
    try {
      return await work(input);
    } catch (error) {
      throw asFailure(error);
    } finally {
      clearInterval(timer);
    }
  };
}

function asFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (cancellationSignal().aborted) return new CancelledFailure('The run was cancelled while this step was at work.');
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = (error as { code?: string }).code ?? '';
  if (STORE_TROUBLE.includes(code) && isTransient(cause)) {
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
