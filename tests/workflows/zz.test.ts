import { expect, test } from 'vitest';
import { good, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';
test('a gate may wait for a thousand years', async () => {
  const { start, gate } = await rig({
    loops: [
      { loop: titleLoop(), harness: 'approval: { when: "true", remindAfter: 1000 years, expiresAfter: 300000 years }' },
    ],
    script: [good('owls')],
  });
  const handle = await start('writeTitle', { id: '1', topic: 'owls' });
  await gate(handle);
  await handle.signal('approve', { by: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});
test('a duplicate says in the search attributes that it had no work', async () => {
  const { start } = await rig({ loops: [{ loop: titleLoop() }], script: [good('owls')] });
  await (await start('writeTitle', { id: '1', topic: 'owls' })).result();
  const handle = await start('writeTitle', { id: '1', topic: 'owls' });
  await handle.result();
  expect((await handle.describe()).searchAttributes).toMatchObject({ LoopOutcome: ['noWork'] });
});
