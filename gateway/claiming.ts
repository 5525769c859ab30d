import type { Visitor } from '../contract/access.ts';
import { CLAIM_MS } from '../contract/approvals.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import type { Claimed } from '../store/approvals.ts';
import type { Store } from '../store/ports.ts';
import { whyNotBy } from './standing.ts';

/** What came of a claim. */
export type ClaimAnswer = Claimed | { readonly kind: 'forbidden'; readonly why: string };

/** Takes an approval in hand for somebody who may decide it: others would only be kept from it. */
export async function claimFor(
  { approvals }: Pick<Store, 'approvals'>,
  visitor: Visitor,
  digest: Digest,
  now: Timestamp,
): Promise<ClaimAnswer> {
  const approval = await approvals.find(digest, now);
  if (approval === undefined) return { kind: 'settled' };
  const against = whyNotBy(visitor, approval, 'reject', now);
  if (against !== undefined) return { kind: 'forbidden', why: against.why };
  return await approvals.claim(digest, visitor.name, now + CLAIM_MS, now);
}
