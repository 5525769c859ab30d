import type { RecordQuery, RunRecord } from '../contract/run-record.ts';
import { noRecordIn, withRecord } from './record-access.ts';

/** What is on record about a run; `missing` says why there is no record to look into, which leaves what Temporal knows. */
export async function recordOf(
  data: string,
  query: RecordQuery,
): Promise<{ readonly record?: RunRecord; readonly missing?: string }> {
  const found = await withRecord(data, async (access) => {
    const record = await access.run(query);
    return record === undefined ? {} : { record };
  });
  return found ?? { missing: noRecordIn(data) };
}
