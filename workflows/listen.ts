import { setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import {
  approveSignal,
  decideUpdate,
  raiseBudgetUpdate,
  readApprove,
  readReject,
  readRevise,
  readStop,
  rejectSignal,
  reviseSignal,
  statusQuery,
  stopSignal,
  type Decision,
  type Read,
} from '../contract/messages.ts';
import { decide, takeBare, validate } from './decisions.ts';
import { raiseBudget, validateRaise } from './raises.ts';
import { read } from './readable.ts';
import { refuse, type RunState } from './state.ts';
import { abortSteps } from './stopping.ts';
import { statusOf } from './visible.ts';

/**
 * Sets every handler of a run. They are set before the first await, take `unknown`, parse, and never throw: a throw
 * here would wedge the run. What they refuse is counted and listed in `status`.
 */
export function listen(state: RunState): void {
  const decision = (verb: Decision['decision'], reader: (value: unknown) => Read<object>) => (argument: unknown) => {
    const parsed = read(state, reader, argument);
    if (!parsed.success) return refuse(state, verb, `malformed: ${parsed.why}`);
    takeBare(state, { decision: verb, identity: 'unverified', ...parsed.data } as Decision);
  };
  setHandler(approveSignal, decision('approve', readApprove), {
    description: 'Approve the open gate: {"by", "note"?, "gate"?, "digest"?}',
  });
  setHandler(rejectSignal, decision('reject', readReject), {
    description: 'Reject what the gate shows: {"by", "note", "gate"?, "digest"?}',
  });
  setHandler(reviseSignal, decision('revise', readRevise), {
    description:
      'Ask for another attempt or bring your own edit: {"by", "feedback" or "output", "approve"?, "gate"?, "digest"?}',
  });
  setHandler(stopSignal, (argument) => stop(state, argument), { description: 'Stop gracefully: {"by", "reason"}' });
  setHandler(decideUpdate, (argument) => decide(state, argument), {
    description:
      'Decide the open gate and hear whether it counted: {"decision": "approve|reject|revise", "by", "digest", "note"?, "feedback"? or "output"?, "approve"?}',
    validator: (argument) => validate(state, argument),
  });
  setHandler(raiseBudgetUpdate, (argument) => raiseBudget(state, argument), {
    description: 'Add to the cap that the run waits at, so that it goes on: {"by", "usd", "reason"}',
    validator: (argument) => validateRaise(state, argument),
  });
  setHandler(statusQuery, () => statusOf(state, Date.now()), {
    description: 'Where the run stands, and the commands that decide its gate',
  });
  setDefaultSignalHandler((name) => refuse(state, name, 'unknown signal; there are approve, reject, revise and stop'));
}

function stop(state: RunState, argument: unknown): void {
  const parsed = read(state, readStop, argument);
  if (!parsed.success) return refuse(state, 'stop', `malformed: ${parsed.why}`);
  if (state.phase === 'closed') return refuse(state, 'stop', 'late: the run is closed');
  state.stop ??= parsed.data;
  abortSteps(state);
}
