import { EXIT } from '../contract/exit-codes.ts';
import type { RecordQuery, RunRecord } from '../contract/run-record.ts';
import { CommandError } from './commands/context.ts';
import { withRecord } from './record-access.ts';

/** What is on record about a run; `missing` says why there is no record to look into, which leaves what Temporal knows. */
export async function recordOf(
  data: string,
  query: RecordQuery,
): Promise<{ readonly record?: RunRecord; readonly missing?: string }> {
  try {
    const record = await withRecord(data, (access) => access.run(query));
    return record === undefined ? {} : { record };
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === EXIT.notFound) return { missing: error.message };
    throw error;
  }
}
