import type { RunEvent } from '../contract/run-event.ts';
import type { Criterion } from '../contract/verdict.ts';
import { assertNever } from './assert-never.ts';
import { dollars } from './figures.ts';
import { plainLine } from './plain-text.ts';

/** Longest quotation in a line, in characters. */
const QUOTED = 300;

/** An event of a run, as one line for people. */
export function eventLine(event: RunEvent): string {
  switch (event.kind) {
    case 'opened':
      return `opened, harness ${plainLine(event.harness, QUOTED)}${event.dryRun ? ', dry run' : ''}`;
    case 'attempt':
      return attemptLine(event);
    case 'gate':
      return `gate ${plainLine(event.gate, QUOTED)} waits for a decision`;
    case 'budget':
      return `waits for money: the next call may cost ${dollars(event.needMicroUsd)}, and ${plainLine(event.budget, QUOTED)} has less left`;
    case 'message':
      return `received ${plainLine(event.name, QUOTED)}${event.by === undefined ? '' : ` from ${plainLine(event.by, QUOTED)} (unverified)`}`;
    case 'acting':
      return `effect ${plainLine(event.effect, QUOTED)} begins`;
    case 'acted':
      return `effect ${plainLine(event.effect, QUOTED)} is done`;
    case 'lost':
      return `Temporal does not answer just now (${plainLine(event.why, QUOTED)}); still watching`;
    case 'closed':
      return closedLine(event.closing);
    default:
      return assertNever(event);
  }
}

function attemptLine({ step, verdict }: Extract<RunEvent, { kind: 'attempt' }>): string {
  const found = verdict.criteria.map(criterion).join('; ') || 'no verifier said anything';
  const again = step.endsWith(' verify edit') && verdict.verdict === 'fail' ? '; the version before waits again' : '';
  return `${plainLine(step, QUOTED)}: ${verdict.verdict}: ${found}${again}`;
}

function criterion({ name, verdict, evidence, opinion }: Criterion): string {
  return `${plainLine(name, QUOTED)} ${verdict}${opinion === true ? ' (an opinion)' : ''} (${plainLine(evidence, QUOTED)})`;
}

function closedLine(closing: Extract<RunEvent, { kind: 'closed' }>['closing']): string {
  switch (closing.kind) {
    case 'completed':
      return `closed ${closing.result.outcome}: ${plainLine(closing.result.reason, QUOTED)}`;
    case 'failed':
      return `failed with ${plainLine(closing.type, QUOTED)}: ${plainLine(closing.message, 2 * QUOTED)}`;
    case 'ended':
      return `ended from outside: ${closing.how}`;
    default:
      return assertNever(closing);
  }
}
