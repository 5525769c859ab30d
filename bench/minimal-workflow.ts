import { condition, defineSignal, defineUpdate, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { MinimalActivities } from './minimal.ts';

const { fetchContext, generate, evaluate, recordLesson } = proxyActivities<MinimalActivities>({
  startToCloseTimeout: '310s',
  heartbeatTimeout: '3s',
  retry: { initialInterval: '1s', maximumInterval: '30s', maximumAttempts: 4 },
});

const approveSignal = defineSignal<[{ by: string }]>('approve');
const touchUpdate = defineUpdate<string>('touch');

/** The loop that somebody would write by hand: context, up to three times generate and evaluate, an approval, a lesson. */
export async function minimal(input: { readonly id: string; readonly topic: string }): Promise<{ draft: string }> {
  let approvedBy: string | undefined;
  setHandler(approveSignal, ({ by }) => {
    approvedBy = by;
  });
  setHandler(touchUpdate, () => 'touched');
  const { context } = await fetchContext({ topic: input.topic });
  let draft = '';
  let feedback = '';
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    ({ draft } = await generate({ context, attempt, feedback }));
    const verdict = await evaluate({ draft, attempt });
    if (verdict.pass) break;
    feedback = verdict.evidence;
  }
  await condition(() => approvedBy !== undefined);
  await recordLesson({ key: workflowInfo().runId, input, draft, by: approvedBy ?? '' });
  return { draft };
}
