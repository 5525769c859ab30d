import type { Harness } from '../../contract/harness.ts';
import type { JudgesInRun } from '../../contract/run.ts';
import { auditShare } from '../../core/learning/autonomy.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { NewRun } from '../../store/ports.ts';
import type { Dependencies } from '../dependencies.ts';
import { isAudited } from '../evaluate.ts';
import { judgesOf } from './judges-of.ts';

/**
 * How judges weigh in a run that opens now, where not as its loop says. Runs of cases are no work: nobody looks at them, so
 * in them judges found wanting are advisory as everywhere, and no more. Where autonomy has people look at all of it (`L2`), they
 * see as many noes as where a loop acts alone: the rest go on to the next attempt.
 */
export async function judgesIn(
  { store }: Pick<Dependencies, 'store'>,
  loop: Loop,
  { approval }: Harness,
  { workKey, trigger, autonomy }: Pick<NewRun, 'workKey' | 'trigger' | 'autonomy'>,
): Promise<{ judges?: JudgesInRun }> {
  const judges = judgesOf(loop);
  if (judges.length === 0) return {};
  const wanting = (await store.judgeRecords.newest(loop.name)).filter(({ standing }) => standing === 'advisory');
  const advisory = wanting.map(({ stage, judge }) => `${stage}/${judge}`);
  const share = auditShare(approval.audit, autonomy === 'L2' ? 'L3' : autonomy);
  const audited = trigger.kind !== 'eval' && isAudited(workKey, share);
  if (advisory.length === 0 && !audited) return {};
  return { judges: { advisory, ...(audited ? { audited } : {}) } };
}
