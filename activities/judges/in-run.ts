import type { Harness } from '../../contract/harness.ts';
import type { JudgesInRun } from '../../contract/run.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { NewRun } from '../../store/ports.ts';
import type { Dependencies } from '../dependencies.ts';
import { isAudited } from '../evaluate.ts';
import { judgesOf } from './judges-of.ts';

/**
 * How judges weigh in a run that opens now, where not as its loop says. Runs of cases are no work: nobody looks at them, so
 * in them judges found wanting are advisory as everywhere, and no more.
 */
export async function judgesIn(
  { store }: Pick<Dependencies, 'store'>,
  loop: Loop,
  { approval }: Harness,
  { workKey, trigger }: Pick<NewRun, 'workKey' | 'trigger'>,
): Promise<{ judges?: JudgesInRun }> {
  const judges = judgesOf(loop);
  if (judges.length === 0) return {};
  const wanting = (await store.judgeRecords.newest(loop.name)).filter(({ standing }) => standing === 'advisory');
  const advisory = wanting.map(({ stage, judge }) => `${stage}/${judge}`);
  const audited = trigger.kind !== 'eval' && isAudited(workKey, approval.audit);
  if (advisory.length === 0 && !audited) return {};
  return { judges: { advisory, ...(audited ? { audited } : {}) } };
}
