import type { ApprovalState } from '../contract/approvals.ts';

/** Whether a version of a gate waits for people. */
export function isPending(state: ApprovalState): boolean {
  return state === 'open' || state === 'claimed';
}
