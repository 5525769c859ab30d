import type { Selectable } from 'kysely';
import type { CallKey } from './ledger-port.ts';
import type { Tables } from './schema.ts';

/** Primary key of a call's line, as columns. */
export function keyOf(call: CallKey) {
  return {
    run_key: call.runKey,
    stage: call.stage,
    attempt: call.attempt,
    call: call.call,
    execution: call.execution,
    activity_attempt: call.activityAttempt,
  };
}

/** The call of a line. */
export function callOf(line: Selectable<Tables['ledger']>): CallKey {
  return {
    runKey: line.run_key,
    loop: line.loop,
    stage: line.stage,
    attempt: line.attempt,
    call: line.call,
    execution: line.execution,
    activityAttempt: line.activity_attempt,
  };
}
