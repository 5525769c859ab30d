import { EXIT, type ExitCode } from '../contract/exit-codes.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { Closing } from '../contract/run-event.ts';
import { assertNever } from './assert-never.ts';

/** How the run's own words begin where time was the obstacle and not a verifier (`core/endings.ts`, `workflows/run.ts`). */
const DEADLINE = /^The deadline /;

/** Exit code of a command that waited for a run: 0 only where nothing is left to do. */
export function exitOf(closing: Closing): ExitCode {
  switch (closing.kind) {
    case 'completed':
      return exitOfResult(closing.result);
    case 'failed':
      return closing.type === 'UnknownLoop'
        ? EXIT.notFound
        : closing.type === 'InvalidInput'
          ? EXIT.usage
          : EXIT.failure;
    case 'ended':
      return EXIT.failure;
    default:
      return assertNever(closing);
  }
}

function exitOfResult({ outcome, reason }: RunResult): ExitCode {
  switch (outcome) {
    case 'accepted':
    case 'noWork':
    case 'dryRun':
      return EXIT.ok;
    case 'overBudget':
      return EXIT.overBudget;
    case 'exhausted':
    case 'stalled':
      return DEADLINE.test(reason) ? EXIT.failure : EXIT.refusedByVerifier;
    case 'rejected':
    case 'expired':
    case 'blocked':
    case 'stopped':
      return EXIT.failure;
    default:
      return assertNever(outcome);
  }
}
