import type { Context } from 'hono';
import type { Approval } from '../../contract/approvals.ts';
import type { RunRecord } from '../../contract/run-record.ts';
import { missingPage } from './missing.ts';
import type { PageOptions } from './page.ts';

/** An approval with all that is known of its run. */
export interface Case {
  readonly approval: Approval;
  readonly record: RunRecord;
  /** What is decided about, as JSON; absent where it has expired. */
  readonly output?: string;
}

/** Finds an approval; undefined where the store knows none of that digest. */
export async function caseOf({ store, now }: PageOptions, digest: string): Promise<Case | undefined> {
  const approval = await store.approvals.find(digest, now());
  const record = approval && (await store.records.find({ run: approval.runKey }));
  if (approval === undefined || record === undefined) return undefined;
  const output = await store.artefacts.get(approval.artefact);
  return { approval, record, ...(output === undefined ? {} : { output }) };
}

/** The page for a digest that nobody knows. */
export async function noApproval(context: Context, options: PageOptions): Promise<Response> {
  return await missingPage(context, options, `There is no approval ${context.req.param('digest') ?? ''}.`);
}

/** Fields of what a stage makes, in the order of its schema. */
export function namesOf(
  { workshop }: PageOptions,
  { loop, stage }: Pick<Approval, 'loop' | 'stage'>,
): readonly string[] {
  return Object.keys(workshop()?.outputOf(loop, stage)?.properties ?? {});
}
