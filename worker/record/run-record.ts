import { MOST_RUNS } from '../../contract/record.ts';
import type { RecordQuery, RunRecord } from '../../contract/run-record.ts';
import { namedRun, type NamedRun } from '../../core/named-runs.ts';
import { noRecordIn, withRecord, type RecordPlace } from './record-access.ts';

/** What is on record about a run; `missing` says why there is no record to look into, which leaves what Temporal knows. */
export async function recordOf(
  place: RecordPlace,
  query: RecordQuery,
): Promise<{ readonly record?: RunRecord; readonly missing?: string }> {
  const found = await withRecord(place, async (access) => {
    const record = await access.run(query);
    return record === undefined ? {} : { record };
  });
  return found ?? { missing: noRecordIn(place.data) };
}

/** The runs on record that go by a word that is no workflow id: their key, or their work. */
export async function runsNamed(place: RecordPlace, named: string): Promise<NamedRun> {
  const found = await withRecord(place, (access) => access.runs({ named, limit: MOST_RUNS }));
  return namedRun(found?.runs ?? []);
}
