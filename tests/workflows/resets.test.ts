import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { judge, model } from '../../loops/define/index.ts';
import { good, names, titleLoop } from '../support/loops.ts';
import { rig, until, type EventId } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };
const always = 'approval: { when: "true" }';

/** Numbers of the events that end the workflow tasks of a run, oldest first. */
async function tasks(handle: WorkflowHandle): Promise<EventId[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? [])
    .filter((event) => event.workflowTaskCompletedEventAttributes)
    .map((event) => event.eventId as EventId);
}

test('a reset to any point does no effect and pays no call a second time', async () => {
  const {
    start,
    gate,
    reset,
    client,
    model: fake,
    rows,
  } = await rig({
    loops: [{ loop: titleLoop(), harness: always }],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await handle.signal('approve', { by: 'ada' });
  await handle.result();
  const first = client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
  for (const task of await tasks(first)) {
    const again = await reset(first, task, handle.firstExecutionRunId);
    const ended = await Promise.race([
      again.result().then(() => true),
      until(
        () => again.query<Status>('status'),
        ({ gate: id }) => id !== undefined,
      ).then(() => false),
    ]).catch(() => true);
    if (!ended) {
      await again.signal('approve', { by: 'bob' });
      await again.result();
    }
    expect(fake.seen).toHaveLength(1);
    expect(await rows('select key from outbox')).toHaveLength(1);
  }
  expect(await rows('select outcome from runs')).toEqual([{ outcome: 'accepted' }]);
  expect(await rows(`select * from lessons where kind = 'example'`)).toHaveLength(1);
});

test('a parked run that is reset to before its gate refuses the old decision and asks again', async () => {
  const aborted = (signal: AbortSignal) => new Promise((_, reject) => signal.addEventListener('abort', reject));
  const act = {
    publish: { repeatable: true, run: (_: unknown, { signal }: { signal: AbortSignal }) => aborted(signal) },
  };
  const {
    start,
    gate,
    reset,
    client,
    model: fake,
  } = await rig({
    loops: [{ loop: titleLoop('hanging', { act }), harness: always }],
    script: [good('owls')],
  });
  const handle = await start('hanging', owls);
  const { gateDigest } = await gate(handle);
  await handle.signal('approve', { by: 'ada' });
  await until(
    () => handle.query<Status>('status'),
    ({ state }) => state === 'running',
  );
  const [firstTask] = await tasks(client.workflow.getHandle(handle.workflowId));
  const again = await reset(handle, firstTask as EventId);
  const status = await until(
    () => again.query<Status>('status'),
    ({ gate: id, state }) => id !== undefined || state === 'running',
  );
  const parked = status.gate === undefined ? await gate(again) : status;
  expect(parked).toMatchObject({ gateDigest, refusedCount: 1 });
  expect(parked.refused).toContain('early');
  expect(fake.seen).toHaveLength(1);
  await again.terminate();
});

test('a reset after an attempt asks neither the model nor the judge again', async () => {
  const taste = judge('taste', { short: 'The title is short.' });
  const loop = titleLoop('judged', { stages: { main: { generate: model(), verify: [names, taste] } } });
  const {
    start,
    gate,
    reset,
    client,
    model: fake,
    rows,
  } = await rig({
    loops: [{ loop, harness: always }],
    script: [good('owls'), { json: { criteria: [{ name: 'short', pass: true, quote: 'About owls' }] } }],
  });
  const handle = await start('judged', owls);
  const { gateDigest } = await gate(handle);
  const [firstTask] = await tasks(client.workflow.getHandle(handle.workflowId));
  const again = await reset(handle, firstTask as EventId);
  const status = await gate(again);
  expect(status.gateDigest).toBe(gateDigest);
  expect(fake.seen).toHaveLength(2);
  await again.signal('approve', { by: 'ada', digest: gateDigest });
  expect(await again.result()).toMatchObject({ outcome: 'accepted' });
  expect(await rows('select state from ledger')).toHaveLength(2);
});

test('a closed run that is reset holds its work again', async () => {
  const { start, run, gate, reset, client } = await rig({
    loops: [{ loop: titleLoop(), harness: always }],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await handle.signal('reject', { by: 'ada', note: 'no' });
  await handle.result();
  const [firstTask] = await tasks(client.workflow.getHandle(handle.workflowId));
  const again = await reset(handle, firstTask as EventId);
  await gate(again);
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'noWork', duplicateOf: handle.workflowId });
  await again.signal('approve', { by: 'ada' });
  expect(await again.result()).toMatchObject({ outcome: 'accepted' });
});
