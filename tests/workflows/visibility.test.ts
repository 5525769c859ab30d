import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { bad, good, titleLoop } from '../support/loops.ts';
import { clusterOf } from '../../worker/cluster/cluster.ts';
import { connect, rig, until } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };
const always = 'approval: { when: "true" }';

const upserts = async (handle: WorkflowHandle): Promise<number> =>
  ((await handle.fetchHistory()).events ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes)
    .length;

test('search attributes follow a run through its phases, one upsert each', async () => {
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: always }],
    script: [bad(), good('owls')],
  });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  expect((await handle.describe()).searchAttributes).toMatchObject({
    LoopState: ['awaitingDecision'],
    LoopHarness: ['v1'],
    LoopCostUsd: [0.00028],
  });
  expect((await handle.describe()).searchAttributes).not.toHaveProperty('LoopOutcome');
  expect(await upserts(handle)).toBe(2);
  await handle.signal('approve', { by: 'ada' });
  await handle.result();
  expect((await handle.describe()).searchAttributes).toMatchObject({
    LoopState: ['closed'],
    LoopOutcome: ['accepted'],
    LoopHarness: ['v1'],
    LoopCostUsd: [0.00028],
  });
  expect(await upserts(handle)).toBeLessThanOrEqual(4);
});

test('a run that nobody is asked about takes two upserts', async () => {
  const { start } = await rig({ loops: [{ loop: titleLoop() }], script: [bad('One'), good('owls')] });
  const handle = await start('writeTitle', owls);
  await handle.result();
  expect(await upserts(handle)).toBe(2);
});

test('a cluster without our search attributes runs loops all the same', async () => {
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: always }],
    script: [good('owls')],
    attributes: [],
  });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await handle.signal('approve', { by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  expect(await upserts(handle)).toBe(0);
});

test('every activity says what it is for', async () => {
  const { start } = await rig({ loops: [{ loop: titleLoop() }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  await handle.result();
  const { events } = await handle.fetchHistory();
  const summaries = (events ?? [])
    .filter((event) => event.activityTaskScheduledEventAttributes)
    .map((event) => JSON.parse(Buffer.from(event.userMetadata?.summary?.data ?? []).toString()) as string);
  expect(summaries).toEqual(['main/1 generate', 'main act publish']);
});

test('a run that has nothing to do says so too', async () => {
  const { start, run } = await rig({ loops: [{ loop: titleLoop() }], script: [good('owls')] });
  await run('writeTitle', owls);
  const handle = await start('writeTitle', owls);
  await handle.result();
  expect((await handle.describe()).searchAttributes).toMatchObject({
    LoopState: ['closed'],
    LoopOutcome: ['noWork'],
    LoopHarness: ['v1'],
  });
  expect(await handle.query<Status>('status')).toMatchObject({ state: 'closed', outcome: 'noWork' });
  expect(await upserts(handle)).toBe(1);
});

test('what runs is listed by the workflow ids of loops', async () => {
  const { start, gate, client } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true" }' }],
    script: [good('owls'), good('owls')],
  });
  const [waiting, done] = [
    await start('writeTitle', { id: '1', topic: 'owls' }),
    await start('writeTitle', { id: '2', topic: 'owls' }),
  ];
  for (const handle of [waiting, done]) await gate(handle);
  const cluster = clusterOf(await connect(), 'default');
  const both = (ids: ReadonlySet<string>) => [waiting, done].map(({ workflowId }) => ids.has(workflowId));
  await until(
    () => cluster.running(['writeTitle', 'none']),
    (ids) => both(ids).join() === 'true,true',
  );
  await done.signal('approve', { by: 'ada' });
  await done.result();
  await until(
    () => cluster.running(['writeTitle']),
    (ids) => both(ids).join() === 'true,false',
  );
  expect((await cluster.running(['none'])).size).toBe(0);
  await client.workflow.getHandle(waiting.workflowId).signal('approve', { by: 'ada' });
  await waiting.result();
});
