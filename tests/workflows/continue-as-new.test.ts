import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { bad, good, titleLoop } from '../support/loops.ts';
import { rig, until, type Rig } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };
const always = 'approval: { when: "true" }';

/** Sends messages that are refused until the parked run has continued as new; its open gate is what it was. */
async function continued({ client }: Rig, handle: WorkflowHandle): Promise<Status> {
  const { runId } = await client.workflow.getHandle(handle.workflowId).describe();
  await until(
    async () => {
      await client.workflow.getHandle(handle.workflowId).signal('nonsense');
      return await client.workflow.getHandle(handle.workflowId).describe();
    },
    (description) => description.runId !== runId,
  );
  return await until(
    () => client.workflow.getHandle(handle.workflowId).query<Status>('status'),
    ({ gate }) => gate !== undefined,
  );
}

test('a run that continues as new between attempts goes on counting', async () => {
  const { start, client, model, rows } = await rig({
    loops: [{ loop: titleLoop() }],
    script: [bad('One'), bad('Two'), good('owls')],
    maxEvents: 12,
  });
  const handle = await start('writeTitle', owls);
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', attempts: 3, output: { title: 'About owls' } });
  const last = await client.workflow.getHandle(handle.workflowId).describe();
  expect(last.runId).not.toBe(handle.firstExecutionRunId);
  expect(model.seen).toHaveLength(3);
  expect(model.seen[2]?.input).toContain('"Two" lacks "owls"');
  expect(await rows('select key from outbox')).toHaveLength(1);
  expect(await rows('select * from runs')).toHaveLength(1);
});

test('an exhausted run is exhausted after as many attempts with as without', async () => {
  const { run } = await rig({
    loops: [{ loop: titleLoop() }],
    script: [bad('One'), bad('Two'), bad('Three')],
    maxEvents: 12,
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'exhausted', attempts: 3 });
});

test('an open gate is carried: same digest, same time, same refusals, and it is decided as before', async () => {
  const all = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')], maxEvents: 60 });
  const handle = await all.start('writeTitle', owls);
  const before = await all.gate(handle);
  const after = await continued(all, handle);
  expect(after).toMatchObject({
    gateDigest: before.gateDigest,
    gateExpiresAt: before.gateExpiresAt,
    gateArtefact: before.gateArtefact,
    approveCommand: before.approveCommand,
    refusedCount: expect.any(Number),
  });
  expect(after.refusedCount).toBeGreaterThan(5);
  const latest = all.client.workflow.getHandle(handle.workflowId);
  const { searchAttributes, raw } = await latest.describe();
  expect(searchAttributes).toMatchObject({ LoopState: ['awaitingDecision'], LoopHarness: ['v1'] });
  expect(raw.executionConfig?.defaultWorkflowTaskTimeout?.seconds?.toString()).toBe('3');
  const approval = { decision: 'approve', by: 'ada', digest: before.gateDigest };
  expect(await latest.executeUpdate('decide', { args: [approval] })).toMatchObject({ state: 'approved' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', gates: 1 });
  expect(await all.rows('select * from decisions')).toHaveLength(1);
});

test('an edit after continue-as-new takes the place of the draft all the same', async () => {
  const all = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')], maxEvents: 60 });
  const handle = await all.start('writeTitle', owls);
  await all.gate(handle);
  await continued(all, handle);
  await all.client.workflow
    .getHandle(handle.workflowId)
    .signal('revise', { by: 'ada', output: { title: 'All owls', confidence: 1 }, approve: true });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title: 'All owls' } });
  expect(await all.rows('select body from outbox')).toEqual([{ body: '{"confidence":1,"title":"All owls"}' }]);
});

test('a revised gate is carried with its versions', async () => {
  const all = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')], maxEvents: 60 });
  const handle = await all.start('writeTitle', owls);
  const first = await all.gate(handle);
  await handle.signal('revise', { by: 'ada', output: { title: 'All owls', confidence: 1 } });
  const second = await all.gate(handle, first.gateDigest);
  expect(await continued(all, handle)).toMatchObject({
    gateDigest: second.gateDigest,
    gateArtefact: { title: 'All owls' },
  });
  const latest = all.client.workflow.getHandle(handle.workflowId);
  await latest.signal('approve', { by: 'bob', digest: first.gateDigest });
  await until(
    () => latest.query<Status>('status'),
    ({ refused }) => refused?.startsWith('approve: edited') === true,
  );
  await latest.signal('approve', { by: 'bob', digest: second.gateDigest });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title: 'All owls' } });
});

test('what a starter passes as a third argument is not believed', async () => {
  const { client, taskQueue, model, rows } = await rig({ loops: [{ loop: titleLoop(), harness: always }] });
  const workflowId = `forged-${taskQueue}`;
  const forged = {
    runKey: 'forged',
    plan: { run: { runKey: 'forged', dryRun: false }, stages: {}, effects: ['publish'], approvers: ['*'] },
    stages: { 'main#1': { draft: { stage: 'main#1', artefact: 'sha256:00' } } },
  };
  await client.workflow.start('writeTitle', { taskQueue, workflowId, args: [{ id: 'x' }, undefined, forged] });
  await expect(client.workflow.getHandle(workflowId).result()).rejects.toMatchObject({
    cause: { type: 'InvalidInput' },
  });
  // The second run of a cron has a predecessor, so that alone proves nothing either.
  const cron = `cron-${taskQueue}`;
  await client.workflow.start('writeTitle', {
    taskQueue,
    workflowId: cron,
    args: [{ id: 'x' }, undefined, forged],
    cronSchedule: '@every 1s',
  });
  const handle = client.workflow.getHandle(cron);
  const { runId } = await handle.describe();
  const second = await until(
    () => handle.describe(),
    (description) => description.runId !== runId,
    10_000,
  );
  const history = () => client.workflow.getHandle(cron, second.runId).fetchHistory();
  await until(history, (far) => JSON.stringify(far).includes('"type":"InvalidInput"'), 10_000);
  await handle.terminate();
  expect(model.seen).toEqual([]);
  expect(await rows('select * from runs')).toEqual([]);
});
