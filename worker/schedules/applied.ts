import { createHash } from 'node:crypto';
import type { ScheduleDescription } from '@temporalio/client';
import { z } from 'zod';
import type { OVERLAPS } from '../../contract/schedules.ts';
import { canonicalJson } from '../../core/canonical.ts';
import type { AsApplied } from '../../core/schedules/definition.ts';

/** Memo of a schedule that is ours: whose. Temporal never changes it. */
export const OWNER_MEMO = 'loopwright';

/** Memo of what it starts: what Temporal has no field for, and digests of what was applied. An update by hand may lose it. */
export const APPLIED_MEMO = 'loopwrightSchedule';

const Owner = z.object({ project: z.string() });

const Applied = z.object({
  budgetUsdPerDay: z.number().optional(),
  alertAfterMs: z.number(),
  note: z.string().optional(),
  /** A digest of each field, as it was applied. */
  fields: z.record(z.string(), z.string()),
});
/** What is kept with a schedule that was applied. */
export type Applied = z.infer<typeof Applied>;

/** Temporal's words for what becomes of a time that comes while a run is open. */
export const POLICIES = {
  skip: 'SKIP',
  bufferOne: 'BUFFER_ONE',
  bufferAll: 'BUFFER_ALL',
  cancelOther: 'CANCEL_OTHER',
  allowAll: 'ALLOW_ALL',
} as const satisfies Record<(typeof OVERLAPS)[number], string>;

/** The project that a schedule is of; undefined where it is not ours. */
export function projectOf(memo: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return Owner.safeParse(memo?.[OWNER_MEMO]).data?.project;
}

/** What was applied to a schedule; undefined where an update by hand lost it. */
export function appliedOf({ action }: ScheduleDescription): Applied | undefined {
  return Applied.safeParse(action.memo?.[APPLIED_MEMO]).data;
}

/** Knows what was applied by its digests. */
export function asApplied(applied: Applied | undefined): AsApplied {
  return (field, value) => {
    if (applied === undefined) return undefined;
    return applied.fields[field] === (value === undefined ? undefined : digestOf(value));
  };
}

/** Digest of a field. Short: a run's history carries one a field. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 8);
}
