import type { Approval, GatePolicy } from '../../../contract/approvals.ts';

export const HOUR = 3_600_000;

/** A policy as most gates have it: a reminder every 4 hours, a no after 3 days. */
export const POLICY: GatePolicy = {
  approvers: ['role:lead'],
  quorum: 1,
  selfApproval: true,
  minDelayMs: 0,
  signed: false,
  escalateTo: [{ afterMs: 24 * HOUR, approvers: ['boss@example.com'] }],
  remindAfterMs: 4 * HOUR,
  expiresAfterMs: 72 * HOUR,
};

/** An approval that waits since 0. */
export function approvalOf(change: Partial<Approval> = {}): Approval {
  const policy = change.policy ?? POLICY;
  return {
    digest: 'sha256:d1',
    runKey: 'r1',
    workflowId: 'writeTitle-1',
    loop: 'writeTitle',
    gate: 'main#1',
    state: 'open',
    stage: 'main',
    artefact: 'sha256:a1',
    because: 'the confidence is low',
    audit: false,
    openedAt: 0,
    expiresAt: policy.expiresAfterMs,
    policy,
    have: 0,
    need: 1,
    approvedBy: [],
    ...change,
  };
}
