import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig, until, type Rig } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };
const always = 'approval: { when: "true" }';

async function atGate() {
  const all = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await all.start('writeTitle', owls);
  await all.gate(handle);
  const refused = (count: number) =>
    until(
      () => handle.query<Status>('status'),
      (status) => status.refusedCount >= count,
    );
  const approved = async () => {
    await handle.signal('approve', { by: 'ada' });
    expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  };
  return { ...all, handle, refused, approved };
}

/** Sends bytes as a signal's argument, past every converter. */
async function sendRaw({ client }: Rig, workflowId: string, signalName: string, encoding: string, data: Uint8Array) {
  await client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data }] },
  });
}

test('an unknown signal is listed with those that exist', async () => {
  const { handle, refused, approved } = await atGate();
  await handle.signal('aprove', { by: 'ada' });
  expect((await refused(1)).refused).toBe('aprove: unknown signal; there are approve, reject, revise and stop');
  await approved();
});

test('a malformed signal is refused in words and the run waits on', async () => {
  const { handle, refused, approved } = await atGate();
  await handle.signal('approve');
  await handle.signal('approve', 'yes');
  await handle.signal('reject', { by: 'ada' });
  await handle.signal('revise', { by: 'ada' });
  await handle.signal('stop', { by: 'ada' });
  const status = await refused(5);
  expect(status.refused?.split('\n')).toEqual([
    'stop: malformed: `reason`: Invalid input: expected string, received undefined',
    'revise: malformed: expected exactly one of `feedback` (one more attempt) and `output` (your own edit)',
    'reject: malformed: `note`: Invalid input: expected string, received undefined',
    'approve: malformed: Invalid input: expected object, received string',
    'approve: malformed: Invalid input: expected object, received undefined',
  ]);
  await approved();
});

test('a payload that is no JSON is refused like any other mistake', async () => {
  const { handle, refused, approved, ...all } = await atGate();
  const raw: [string, Uint8Array][] = [
    ['json/plain', Buffer.from('{"by": "ada"')],
    ['json/plain', Buffer.from([0xff, 0xfe, 0x00])],
    ['binary/zlib', gzipSync('{}')],
    ['json/protobuf', Buffer.from('{}')],
    ['', Buffer.alloc(0)],
  ];
  for (const [encoding, data] of raw) await sendRaw(all, handle.workflowId, 'approve', encoding, data);
  for (const [encoding, data] of raw) await sendRaw(all, handle.workflowId, 'whatever', encoding, data);
  const status = await refused(10);
  expect(status).toMatchObject({ state: 'awaitingDecision', refusedCount: 10 });
  await approved();
});

test('a huge message is refused and what is remembered of it stays small', async () => {
  const { handle, refused, approved } = await atGate();
  await handle.signal('approve', { by: 'ada', note: 'x'.repeat(1_500_000) });
  await handle.signal('approve', { by: 'ada', ['k'.repeat(1_000_000)]: 1 });
  await handle.signal('approve', { by: `a\nb${'y'.repeat(190)}`, digest: 'sha256:00000000' });
  const status = await refused(3);
  expect(status.refused?.length).toBeLessThan(2000);
  expect(status.refused?.split('\n')).toHaveLength(3);
  await approved();
});

test('a message nested thousands deep cannot overflow the run', async () => {
  const { handle, refused, approved, ...all } = await atGate();
  for (const depth of [1000, 5000, 100_000]) {
    const deep = `{"by":"ada","output":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    await sendRaw(all, handle.workflowId, 'revise', 'json/plain', Buffer.from(deep));
    await sendRaw(all, handle.workflowId, 'nothing', 'json/plain', Buffer.from(deep));
  }
  await handle
    .executeUpdate('decide', { args: [{ deep: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown }] })
    .then(
      () => expect.unreachable(),
      (error: Error) => expect((error.cause as Error).message).toBe('malformed: is nested deeper than 100 levels'),
    );
  const status = await refused(6);
  expect(status.refused).toContain('revise: malformed: is nested deeper than 100 levels');
  expect(status.state).toBe('awaitingDecision');
  await approved();
});

test('an edit of 1.5 MB is a failed edit, twice', async () => {
  const { handle, refused, approved } = await atGate();
  for (const count of [1, 2]) {
    await handle.signal('revise', {
      by: 'ada',
      output: { title: 'x'.repeat(1_500_000), confidence: 1 },
      approve: true,
    });
    await refused(count);
    await until(
      () => handle.query<Status>('status'),
      ({ gate }) => gate !== undefined,
    );
  }
  await approved();
});

test('an input nested thousands deep fails in readable words', async () => {
  const { start } = await rig({ loops: [{ loop: titleLoop() }] });
  const deep = { ...owls, more: JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) as unknown };
  const handle = await start('writeTitle', deep);
  const error = await handle.result().catch((thrown: { cause: Error }) => thrown.cause);
  expect(error).toMatchObject({
    type: 'InvalidInput',
    message: expect.stringContaining('is nested deeper than 100 levels'),
  });
});

test('an input that is no JSON fails in readable words', async () => {
  const { client, taskQueue } = await rig({ loops: [{ loop: titleLoop() }] });
  const workflowId = `raw-${taskQueue}`;
  await client.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    requestId: workflowId,
    workflowType: { name: 'writeTitle' },
    taskQueue: { name: taskQueue },
    input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"id": 4711') }] },
  });
  const error = await client.workflow
    .getHandle(workflowId)
    .result()
    .catch((thrown: { cause: Error }) => thrown.cause);
  expect(error).toMatchObject({ type: 'InvalidInput' });
  expect((error as Error).message).toContain('JSON');
});
