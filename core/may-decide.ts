import type { DecisionRefusal, GatePolicy } from '../contract/approvals.ts';
import type { Decision } from '../contract/messages.ts';
import type { Timestamp } from '../contract/names.ts';
import { personOf } from './person.ts';

/** A role among approvers. */
const ROLE = 'role:';

/** Who decides, as far as it is known. */
export interface Decider {
  readonly by: string;
  /** Proven; a name that nobody proved has none. */
  readonly roles: readonly string[];
}

/** Who may decide a gate that has been open since then: more, the longer nobody has. */
export function approversAt(policy: GatePolicy, openedAt: Timestamp, at: Timestamp): readonly string[] {
  const later = policy.escalateTo.filter(({ afterMs }) => at >= openedAt + afterMs);
  return [...new Set([...policy.approvers, ...later.flatMap(({ approvers }) => approvers)])];
}

/** Whether one of the approvers is this person, has their role, or is everybody. */
export function isApprover(approvers: readonly string[], { by, roles }: Decider): boolean {
  return approvers.some((one) =>
    one.startsWith(ROLE) ? roles.includes(one.slice(ROLE.length)) : one === '*' || personOf(one) === personOf(by),
  );
}

/** Why somebody may not decide, whatever they do; undefined where they may. */
export function whyForbidden(approvers: readonly string[], decider: Decider): string | undefined {
  if (isApprover(approvers, decider)) return undefined;
  return `forbidden: ${decider.by} may not decide; \`approval.approvers\` are ${approvers.join(', ')}`;
}

/** Whether somebody tried what they may not: it goes on record. */
export function isTrespass(code: DecisionRefusal): boolean {
  return ['unsigned', 'forbidden', 'ownWork', 'signature'].includes(code);
}

/** What part somebody has in what a gate shows; empty where they have none. */
function ownPart({ editedBy, editors = [], requestedBy }: GatePolicy, by: string): string {
  const is = (name: string | undefined): boolean => name !== undefined && personOf(name) === personOf(by);
  if (is(editedBy) || editors.some(is)) return 'edited what it shows';
  return is(requestedBy) ? 'asked for the run' : '';
}

/** Why a decision on a gate does not count, whatever it says; undefined where it does. */
export function whyNot(
  policy: GatePolicy,
  openedAt: Timestamp,
  decision: Decision,
  at: Timestamp,
): { readonly code: DecisionRefusal; readonly why: string } | undefined {
  const { by, roles = [], identity } = decision;
  const approvers = approversAt(policy, openedAt, at);
  if (policy.signed && identity !== 'signed')
    return {
      code: 'unsigned',
      why: `unsigned: this gate takes signed decisions only (\`approval.signed\`); decide as a user of the gateway, on the dashboard or with \`loopwright approvals\``,
    };
  const forbidden = whyForbidden(approvers, { by, roles });
  if (forbidden !== undefined) return { code: 'forbidden', why: forbidden };
  if (decision.decision !== 'approve') return undefined;
  if (!policy.selfApproval) {
    const own = ownPart(policy, by);
    if (own !== '')
      return {
        code: 'ownWork',
        why: `own work: ${by} ${own}; somebody else has to approve it (\`approval.selfApproval\`)`,
      };
  }
  const openMs = openedAt + policy.minDelayMs - at;
  if (openMs > 0)
    return {
      code: 'tooSoon',
      why: `too soon: it can be approved in ${Math.ceil(openMs / 1000)} s (\`approval.minDelay\`); rejecting it is possible at once`,
    };
  return undefined;
}
