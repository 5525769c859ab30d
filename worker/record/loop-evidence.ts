import type { LoopEvidence } from '../../contract/loop-evidence.ts';
import { withRecord, type RecordPlace } from './record-access.ts';

/** What the runs of loops show, by loop; empty where the data folder has no record. Asks the process that owns it. */
export async function recordedEvidence(
  place: RecordPlace,
  loops: readonly string[],
): Promise<ReadonlyMap<string, LoopEvidence>> {
  const shown = await withRecord(place, (record) => Promise.all(loops.map((loop) => record.loopEvidence(loop))));
  return new Map((shown ?? []).map((evidence) => [evidence.loop, evidence]));
}
