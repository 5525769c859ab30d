import type { Approval } from '../../contract/approvals.ts';
import type { Told } from './told.ts';

/** What a webhook brings, as Standard Webhooks suggest: what happened, when, and what there is to know. */
export interface WebhookBody {
  /** `approval.opened`, `alert.raised`, `notices.together` or `notify.test`. */
  readonly type: string;
  /** When this message was made, ISO 8601. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A notice as a webhook brings it: `facts` and the like for whoever shows them, fields for whoever goes by them. */
export function webhookBody(
  type: string,
  { headline, output, facts, evidence, link }: Told,
  more: Readonly<Record<string, unknown>>,
  at: number,
): WebhookBody {
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      ...more,
      headline,
      facts: Object.fromEntries(facts),
      evidence,
      ...(link === undefined ? {} : { link: link.url }),
      // By its name, so that no program takes it for something that we say.
      ...(output === undefined ? {} : { untrusted: { output: output.text, cut: output.cut } }),
    },
  };
}

/** Of an approval, what programs go by. */
export function approvalFields(approval: Approval): Readonly<Record<string, unknown>> {
  const { digest, loop, workflowId, gate, stage, state, have, need, policy, expiresAt, decidedBy } = approval;
  return {
    approval: {
      digest,
      loop,
      workflowId,
      gate,
      stage,
      state,
      have,
      need,
      ...(policy?.risk === undefined ? {} : { risk: policy.risk }),
      ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
      ...(decidedBy === undefined ? {} : { decidedBy }),
    },
  };
}
