import { expect, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { check, model } from '../../loops/define/index.ts';
import type { FakeOpenAi } from '../support/fake-openai.ts';
import { good, titleLoop, type Input, type Output } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };
const always = 'approval: { when: "true" }';

test('stop ends a parked run, with its best', async () => {
  const { start, gate, rows } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await handle.signal('stop', { by: 'ada', reason: 'holiday' });
  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'stopped', reason: 'Stopped by ada at gate main#1: holiday' });
  expect((result as { best?: string }).best).toMatch(/^sha256:/);
  expect((await handle.describe()).status.name).toBe('COMPLETED');
  expect(await rows('select key from outbox')).toEqual([]);
});

/** Waits until the model server has the call. */
const asked = (model: FakeOpenAi) =>
  until(
    () => Promise.resolve(model.seen.length),
    (seen) => seen === 1,
  );

/** How long it took until the model server saw the call end, in milliseconds. */
async function abortedAfter(model: FakeOpenAi, begun: number): Promise<number> {
  await until(
    () => Promise.resolve(model.seen[0]?.aborted),
    (aborted) => aborted === true,
    5000,
  );
  return performance.now() - begun;
}

test('stop aborts the call in flight within 3 s and makes no other', async () => {
  const { start, rows, model } = await rig({ loops: [{ loop: titleLoop() }], script: [{ hang: true }] });
  const handle = await start('writeTitle', owls);
  await asked(model);
  const begun = performance.now();
  await handle.signal('stop', { by: 'ada', reason: 'enough' });
  expect(await abortedAfter(model, begun)).toBeLessThan(3000);
  expect(await handle.result()).toMatchObject({ outcome: 'stopped', reason: 'Stopped by ada: enough', attempts: 0 });
  expect((await handle.describe()).status.name).toBe('COMPLETED');
  // It may have been charged, so it is booked at its worst case.
  expect(await rows('select state from ledger')).toEqual([{ state: 'uncertain' }]);
  expect(model.seen).toHaveLength(1);
});

test('stop while an answer is verified keeps the effect from being done', async () => {
  const hold = Promise.withResolvers<void>();
  const slow = check<Input, Output>('slow', async () => {
    await hold.promise;
    return { verdict: 'pass', evidence: 'in the end' };
  });
  const loop = titleLoop('writeTitle', { stages: { main: { generate: model(), verify: [slow] } } });
  const { start, rows, model: server } = await rig({ loops: [{ loop }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  await asked(server);
  await handle.signal('stop', { by: 'ada', reason: 'enough' });
  hold.resolve();
  expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
  expect(await rows('select key from outbox')).toEqual([]);
});

test('cancel aborts the call in flight within 3 s, records, and closes CANCELED', async () => {
  const { start, rows, model } = await rig({ loops: [{ loop: titleLoop() }], script: [{ hang: true }] });
  const handle = await start('writeTitle', owls);
  await asked(model);
  const begun = performance.now();
  await handle.cancel();
  expect(await abortedAfter(model, begun)).toBeLessThan(3000);
  await expect(handle.result()).rejects.toThrow(/cancelled/);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  expect(await rows('select outcome, reason from runs')).toEqual([
    { outcome: 'stopped', reason: 'The run was cancelled.' },
  ]);
  // It may have been charged, so it is booked at its worst case.
  await until(
    () => rows('select state from ledger'),
    ([line]) => line?.['state'] === 'uncertain',
    5000,
  );
  expect(model.seen).toHaveLength(1);
});

test('cancel of a parked run denies what it asked for', async () => {
  const { start, gate, rows } = await rig({ loops: [{ loop: titleLoop(), harness: always }], script: [good('owls')] });
  const handle = await start('writeTitle', owls);
  await gate(handle);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancelled/);
  expect(await handle.query<Status>('status')).toMatchObject({ state: 'closed', outcome: 'stopped' });
  expect(await rows('select outcome from runs')).toEqual([{ outcome: 'stopped' }]);
  expect(await rows('select key from outbox')).toEqual([]);
});

test('an effect that finished in spite of a cancel is not recorded as undone', async () => {
  let done = 0;
  const begun = Promise.withResolvers<void>();
  const loop = titleLoop('stubborn', {
    act: {
      publish: {
        repeatable: false,
        run: async () => {
          begun.resolve();
          await new Promise((resolve) => setTimeout(resolve, 2500));
          done += 1;
        },
      },
    },
  });
  const { start, run, rows } = await rig({ loops: [{ loop }], script: [good('owls'), good('owls')] });
  const handle = await start('stubborn', owls);
  await begun.promise;
  await handle.cancel();
  await handle.result().catch(() => undefined);
  expect(done).toBe(1);
  expect(await rows('select outcome from runs')).toEqual([{ outcome: 'accepted' }]);
  expect(await rows('select state from effects')).toEqual([{ state: 'done' }]);
  expect(await run('stubborn', owls)).toMatchObject({ outcome: 'noWork' });
});
