import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { Harness } from '../../contract/harness.ts';
import { candidateOf, moving } from '../store/samples.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

test('a watch that somebody starts without what it is to watch fails, and says so', async () => {
  const { client, taskQueue } = await rig({ loops: [{ loop: titleLoop('triage') }], script: [] });
  for (const args of [[], [{ experiment: 7 }]]) {
    const workflowId = `watch-${randomUUID()}`;
    const ended = client.workflow.execute('watchHarness', { taskQueue, workflowId, args });
    await expect(ended).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('"experiment", "everyMs"') as unknown },
    });
  }
});

test('new runs take the version that the loop went back to, and one that is open ends on its own', async () => {
  const { store, start, run, gate } = await rig({
    loops: [{ loop: titleLoop('triage') }],
    script: [good('owls'), good('larks'), good('wrens')],
  });
  const asks = Harness.parse({ approval: { when: 'true' } });
  await store.candidates.propose(candidateOf('sha256:c'), { body: asks, digest: 'sha256:asks' });
  await store.harnesses.promote({ ...moving('there'), version: 'v2', expected: 'v1', unproven: true });
  const waiting = await start('triage', { id: '1', topic: 'owls' });
  expect(await gate(waiting)).toMatchObject({ harness: 'v2' });
  await store.harnesses.rollback(moving('back'));
  expect(await run('triage', { id: '2', topic: 'larks' })).toMatchObject({
    outcome: 'accepted',
    harness: 'v1',
    gates: 0,
  });
  await waiting.signal('approve', { by: 'ada' });
  expect(await waiting.result()).toMatchObject({ outcome: 'accepted', harness: 'v2', gates: 1 });
  // It was promoted once: whoever asks for it by name may act.
  const named = await start('triage', { id: '3', topic: 'wrens' }, { harness: 'v2' });
  await gate(named);
  await named.signal('approve', { by: 'ada' });
  expect(await named.result()).toMatchObject({ outcome: 'accepted', harness: 'v2' });
});
