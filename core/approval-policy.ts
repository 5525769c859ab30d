import type { GatePolicy } from '../contract/approvals.ts';
import { durationMs, type ApprovalTier, type Harness } from '../contract/harness.ts';

/** The policy of a gate: what the approval rule says, with what the tier says instead. */
export function policyOf(
  approval: Harness['approval'],
  tier: ApprovalTier | undefined,
  who: {
    readonly requestedBy?: string | undefined;
    readonly editedBy?: string | undefined;
    readonly editors?: readonly string[] | undefined;
  },
): GatePolicy {
  const signed = tier?.signed ?? approval.signed ?? false;
  const minDelay = tier?.minDelay ?? approval.minDelay;
  return {
    ...(tier?.risk === undefined ? {} : { risk: tier.risk }),
    approvers: [...(tier?.approvers ?? approval.approvers)],
    quorum: tier?.quorum ?? approval.quorum,
    // A name that nobody proved keeps nobody from approving their own work under another.
    selfApproval: tier?.selfApproval ?? approval.selfApproval ?? !signed,
    minDelayMs: minDelay === undefined ? 0 : durationMs(minDelay),
    signed,
    escalateTo: approval.escalateTo.map((step) => ({
      afterMs: durationMs(step.after),
      approvers: [...step.approvers],
    })),
    remindAfterMs: durationMs(approval.remindAfter),
    expiresAfterMs: durationMs(approval.expiresAfter),
    ...(who.requestedBy === undefined ? {} : { requestedBy: who.requestedBy }),
    ...(who.editedBy === undefined ? {} : { editedBy: who.editedBy }),
    ...(who.editors === undefined ? {} : { editors: [...who.editors] }),
  };
}
