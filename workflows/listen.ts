import { setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import {
  Approve,
  approveSignal,
  Decide,
  decideUpdate,
  Reject,
  rejectSignal,
  Revise,
  reviseSignal,
  statusQuery,
  Stop,
  stopSignal,
  type Decision,
} from '../contract/messages.ts';
import { receive, replyOf, type Gate, type Received } from '../core/gates.ts';
import { whyUnreadable } from './readable.ts';
import { refuse, type RunState } from './state.ts';
import { statusOf } from './visible.ts';

/**
 * Sets every handler of a run. They are set before the first await, take `unknown`, parse, and never throw: a throw
 * here would wedge the run. What they refuse is counted and listed in `status`.
 */
export function listen(state: RunState): void {
  const decision = (verb: Decision['decision'], schema: z.ZodType<object>) => (argument: unknown) => {
    const parsed = parse(schema, argument);
    if (!parsed.success) return refuse(state, verb, `malformed: ${parsed.why}`);
    const received = consider(state, { decision: verb, identity: 'unverified', ...parsed.data } as Decision);
    if (received.kind === 'decided') return apply(state, received.gate);
    refuse(
      state,
      verb,
      received.kind === 'repeated' ? `repeated: ${received.gate.id} is ${received.gate.state} already` : received.why,
    );
  };
  setHandler(approveSignal, decision('approve', Approve), {
    description: 'Approve the open gate: {"by", "note"?, "gate"?, "digest"?}',
  });
  setHandler(rejectSignal, decision('reject', Reject), {
    description: 'Reject what the gate shows: {"by", "note", "gate"?, "digest"?}',
  });
  setHandler(reviseSignal, decision('revise', Revise), {
    description:
      'Ask for another attempt or bring your own edit: {"by", "feedback" or "output", "approve"?, "gate"?, "digest"?}',
  });
  setHandler(stopSignal, (argument) => stop(state, argument), { description: 'Stop gracefully: {"by", "reason"}' });
  setHandler(
    decideUpdate,
    (argument) => {
      const received = consider(state, decisionOf(Decide.parse(argument)));
      if (received.kind === 'refused') throw ApplicationFailure.nonRetryable(received.why, 'DecisionRefused');
      if (received.kind === 'decided') apply(state, received.gate);
      return replyOf(received.gate);
    },
    {
      description:
        'Decide the open gate and hear whether it counted: {"decision": "approve|reject|revise", "by", "digest", "note"?, "feedback"? or "output"?, "approve"?}',
      validator: (argument) => {
        const parsed = parse(Decide, argument);
        const why = parsed.success ? whyNot(consider(state, decisionOf(parsed.data))) : `malformed: ${parsed.why}`;
        if (why !== undefined) throw ApplicationFailure.nonRetryable(why, 'DecisionRefused');
      },
    },
  );
  setHandler(statusQuery, () => statusOf(state, Date.now()), {
    description: 'Where the run stands, and the commands that decide its gate',
  });
  setDefaultSignalHandler((name) => refuse(state, name, 'unknown signal; there are approve, reject, revise and stop'));
}

function stop(state: RunState, argument: unknown): void {
  const parsed = parse(Stop, argument);
  if (!parsed.success) return refuse(state, 'stop', `malformed: ${parsed.why}`);
  if (state.phase === 'closed') return refuse(state, 'stop', 'late: the run is closed');
  state.stop ??= parsed.data;
}

function consider(state: RunState, decision: Decision): Received {
  const approvers = state.plan?.approvers ?? ['*'];
  if (!approvers.includes('*') && !approvers.includes(decision.by)) {
    return {
      kind: 'refused',
      why: `forbidden: ${decision.by} may not decide; \`approval.approvers\` are ${approvers.join(', ')}`,
    };
  }
  return receive(state.gates, decision);
}

function apply(state: RunState, decided: Gate): void {
  state.gates = state.gates.map((gate) => (gate.id === decided.id ? decided : gate));
}

function whyNot(received: Received): string | undefined {
  return received.kind === 'refused' ? received.why : undefined;
}

function decisionOf({ signature: _unused, ...message }: z.infer<typeof Decide>): Decision {
  return { ...message, identity: 'unverified' } as Decision;
}

/** Like `safeParse`, but safe for anything that a sender may send. */
function parse<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly success: true; readonly data: T } | { readonly success: false; readonly why: string } {
  const why = whyUnreadable(value);
  if (why !== undefined) return { success: false, why };
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed : { success: false, why: oneLine(parsed.error) };
}

function oneLine(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `\`${path.join('.')}\`: ${message}`))
    .join('; ');
}
