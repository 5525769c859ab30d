import type { WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { DecideReply, Status } from '../../contract/messages.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };
const always = 'approval: { when: "true" }';

const decide = (handle: WorkflowHandle, decision: unknown): Promise<DecideReply> =>
  handle.executeUpdate<DecideReply, [unknown]>('decide', { args: [decision] });

/** Why an update was refused. */
const refusal = (handle: WorkflowHandle, decision: unknown): Promise<string> =>
  decide(handle, decision).then(
    () => 'not refused',
    (error: WorkflowUpdateFailedError) => error.cause?.message ?? '',
  );

test('decide answers what counted, takes a prefix of the digest, and repeats itself harmlessly', async () => {
  const { start, gate, rows } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  const { gateDigest = '' } = await gate(handle);
  const approval = { decision: 'approve', by: 'ada', digest: gateDigest.slice('sha256:'.length, 'sha256:'.length + 8) };
  const replies = await Promise.all([decide(handle, approval), decide(handle, approval)]);
  const reply = { gate: 'main#1', digest: gateDigest, state: 'approved', by: 'ada', have: 1, need: 1 };
  expect(replies).toEqual([reply, reply]);
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', lessons: 1 });
  expect(await rows('select * from decisions')).toHaveLength(1);
});

test('decide refuses with the reason, and what it refuses changes nothing', async () => {
  const { start, gate } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  const { gateDigest: digest = '' } = await gate(handle);
  const { historyLength } = await handle.describe();
  const wrong: [unknown, string][] = [
    [{ decision: 'approve', by: 'ada' }, 'malformed: `digest`'],
    [{ decision: 'approve', by: 'ada', digest: digest.slice(0, 14) }, 'expected sha256: and at least 8 hex digits'],
    [
      { decision: 'approve', by: 'ada', digest: 'sha256:00000000' },
      'other digest: sha256:00000000 belongs to no gate of this run',
    ],
    [{ decision: 'approve', by: 'ada', digest, gate: 'main#2' }, 'other gate: main#2 is not a gate of this run'],
    [{ decision: 'maybe', by: 'ada', digest }, 'malformed: `decision`'],
    [{ decision: 'approve', by: '', digest }, 'malformed: `by`'],
    [{ decision: 'reject', by: 'ada', digest }, 'a rejection needs a `note`'],
    [{ decision: 'revise', by: 'ada', digest }, 'expected exactly one of `feedback`'],
    [{ decision: 'revise', by: 'ada', digest, feedback: 'x', output: {} }, 'expected exactly one of `feedback`'],
    [{ decision: 'approve', by: 'ada', digest, force: true }, 'Unrecognized key: "force"'],
    ['approve', 'malformed'],
    [null, 'malformed'],
    [undefined, 'malformed'],
  ];
  const reasons = await Promise.all(wrong.map(([decision]) => refusal(handle, decision)));
  reasons.forEach((reason, index) => expect(reason).toContain(wrong[index]?.[1]));
  expect(await gate(handle)).toMatchObject({ gateDigest: digest, state: 'awaitingDecision' });
  // A refused update leaves nothing in the history.
  expect((await handle.describe()).historyLength).toBe(historyLength);
  await decide(handle, { decision: 'reject', by: 'ada', digest, note: 'no' });
  expect(await handle.result()).toMatchObject({ outcome: 'rejected' });
});

test('a decision that is early or late is refused and said', async () => {
  const hold = Promise.withResolvers<void>();
  const effect = Promise.withResolvers<void>();
  const loop = titleLoop('slowActing', { act: { publish: { repeatable: true, run: () => effect.promise } } });
  const { start, gate } = await rig({
    loops: [{ loop, harness: always }],
    script: [{ after: hold.promise, answer: good('owls') }],
  });
  const handle = await start('slowActing', owls);
  const digest = 'sha256:12345678';
  await until(
    () => handle.query<Status>('status'),
    (status) => status.stage === 'main#1',
  );
  expect(await refusal(handle, { decision: 'approve', by: 'ada', digest })).toContain('early: no gate is open yet');
  await handle.signal('approve', { by: 'eager' });
  hold.resolve();
  const status = await gate(handle);
  expect(status.refused).toBe('approve: early: no gate is open yet; wait until `status` shows one');
  await handle.signal('approve', { by: 'ada' });
  await until(
    () => handle.query<Status>('status'),
    ({ state }) => state === 'running',
  );
  const late = { decision: 'reject', by: 'bob', note: 'no!', digest: status.gateDigest };
  expect(await refusal(handle, late)).toBe('late: main#1 is approved by ada');
  expect(await refusal(handle, { decision: 'approve', by: 'bob', digest: status.gateDigest })).toBe(
    'late: main#1 is approved by ada',
  );
  effect.resolve();
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('only approvers may decide', async () => {
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true", approvers: ["ada"] }' }],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  const { gateDigest: digest } = await gate(handle);
  expect(await refusal(handle, { decision: 'approve', by: 'eve', digest })).toBe(
    'forbidden: eve may not decide; `approval.approvers` are ada',
  );
  await handle.signal('approve', { by: 'eve' });
  await handle.signal('revise', { by: 'eve', output: { title: 'owls', confidence: 1 }, approve: true });
  await until(
    () => handle.query<Status>('status'),
    ({ refusedCount }) => refusedCount === 2,
  );
  await decide(handle, { decision: 'approve', by: 'ada', digest });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('decide can revise, and says that the run is at it', async () => {
  const { start, gate } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  const { gateDigest: digest } = await gate(handle);
  const edit = { decision: 'revise', by: 'ada', digest, output: { title: 'All owls', confidence: 1 }, approve: true };
  expect(await decide(handle, edit)).toMatchObject({ gate: 'main#1', state: 'revising', by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title: 'All owls' } });
});
