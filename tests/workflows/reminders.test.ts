import { expect, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };

test('a human is reminded, and silence is a no', async () => {
  const { start, gate, rows } = await rig({
    loops: [
      { loop: titleLoop(), harness: 'approval: { when: "true", remindAfter: 1 second, expiresAfter: 3 seconds }' },
    ],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await until(
    () => handle.query<Status>('status'),
    ({ reminders }) => reminders === 1,
  );
  const result = await handle.result();
  expect(result).toMatchObject({
    outcome: 'expired',
    reason: 'Nobody decided main#1 in 3 s, and silence is a no.',
    lessons: 0,
  });
  expect(await handle.query<Status>('status')).toMatchObject({ reminders: 0, state: 'closed' });
  expect(await rows('select key from outbox')).toEqual([]);
  expect(await rows('select decision from decisions')).toEqual([{ decision: 'expire' }]);
});

test('the work clock stands still while a human thinks', async () => {
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true" }\nlimits: { deadline: 2 seconds }' }],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  const { workedMs } = await gate(handle);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(await handle.query<Status>('status')).toMatchObject({ workedMs });
  await handle.signal('approve', { by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('a new version has its own time to be decided in', async () => {
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true", expiresAfter: 3 seconds }' }],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  const first = await gate(handle);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await handle.signal('revise', { by: 'ada', output: { title: 'All owls', confidence: 1 } });
  const second = await gate(handle, first.gateDigest);
  expect(Date.parse(second.gateExpiresAt ?? '')).toBeGreaterThan(Date.parse(first.gateExpiresAt ?? '') + 1000);
  expect(await handle.result()).toMatchObject({ outcome: 'expired' });
});

test('a run has one timer, whatever becomes of its gates', async () => {
  const { start, gate } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true" }' }],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', owls);
  const { gateDigest } = await gate(handle);
  await handle.signal('revise', { by: 'ada', output: { title: 'All owls', confidence: 1 } });
  const { gateDigest: digest } = await gate(handle, gateDigest);
  await handle.signal('approve', { by: 'ada', digest });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  const { events } = await handle.fetchHistory();
  const timers = events?.filter((event) => event.timerStartedEventAttributes ?? event.timerCanceledEventAttributes);
  expect(timers).toHaveLength(1);
});
