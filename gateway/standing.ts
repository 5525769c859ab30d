import type { Visitor } from '../contract/access.ts';
import type { Approval } from '../contract/approvals.ts';
import type { Decision } from '../contract/messages.ts';
import type { Timestamp } from '../contract/names.ts';
import { whyNot } from '../core/may-decide.ts';

/** Whether it is proven who somebody is: a command of this machine's owner may call itself anything. */
export function isProven({ via }: Visitor): boolean {
  return via !== 'owner';
}

/** Why somebody may not decide so; undefined where they may, as far as the gateway knows. */
export function whyNotBy(
  visitor: Visitor,
  { policy, openedAt }: Approval,
  decision: Decision['decision'],
  now: Timestamp,
): ReturnType<typeof whyNot> {
  const { name: by, roles } = visitor;
  const identity = isProven(visitor) ? 'signed' : 'unverified';
  return policy && whyNot(policy, openedAt, { decision, by, roles, identity }, now);
}
