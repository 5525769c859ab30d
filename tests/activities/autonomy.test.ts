import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RunResult } from '../../contract/outcomes.ts';
import { compute } from '../../loops/define/index.ts';
import { names, titleLoop, type Input, type Output } from '../support/loops.ts';
import { plant } from '../support/planted.ts';
import { rig, type Rig } from '../support/rig.ts';

/** Writes titles without a model. */
const byHand = titleLoop('writeTitle', {
  stages: {
    main: {
      generate: compute<Input, Output>('title', ({ topic }) => ({ title: `About ${topic}`, confidence: 1 })),
      verify: [names],
    },
  },
});

/** Work that an audit of one half draws, or does not. */
function ids(drawn: boolean): string[] {
  const numbers = Array.from({ length: 100 }, (_, number) => String(number));
  return numbers.filter(
    (id) => createHash('sha256').update(`audit/writeTitle/${id}`).digest().readUInt32BE(0) / 2 ** 32 < 0.5 === drawn,
  );
}

async function approvedBefore({ store }: Rig, runs: number): Promise<void> {
  const now = Date.now();
  for (let run = 0; run < runs; run += 1)
    await plant(store, {
      runKey: `before-${run}`,
      loop: 'writeTitle',
      closedAt: now - 1000 * run,
      outcome: 'accepted',
      gates: [['approve']],
      audited: true,
      waitedMs: 30_000,
    });
}

test('a loop whose outputs people accept acts alone; what they refuse takes that back, and the next run asks', async () => {
  const one = await rig({ loops: [{ loop: byHand, harness: 'autonomy: L3\napproval: { audit: 0.5 }' }] });
  const [first = '', second = ''] = ids(false);
  await approvedBefore(one, 60);
  expect(await one.run('writeTitle', { id: first, topic: 'owls' })).toMatchObject({ outcome: 'accepted', gates: 0 });
  // All of them open before the first is refused: a run keeps the level that it was opened at.
  const drawn = await Promise.all(
    ids(true)
      .slice(0, 5)
      .map((id) => one.start('writeTitle', { id, topic: 'owls' })),
  );
  for (const handle of drawn)
    expect(await one.gate(handle)).toMatchObject({ autonomy: 'L3', gateBecause: expect.stringContaining('audit') });
  for (const handle of drawn) {
    await handle.signal('reject', { by: 'ada', note: 'no' });
    expect(await handle.result()).toMatchObject({ outcome: 'rejected' });
  }
  const asks = await one.start('writeTitle', { id: second, topic: 'owls' });
  expect(await one.gate(asks)).toMatchObject({
    autonomy: 'L2',
    gateBecause: 'autonomy L2: nothing is done without a person',
  });
  await asks.signal('approve', { by: 'ada' });
  expect(((await asks.result()) as RunResult).outcome).toBe('accepted');
  const granted = await one.store.autonomy.list('writeTitle', 10);
  expect(granted.map(({ level }) => level)).toEqual(['L2', 'L3']);
  expect(granted[0]?.because).toContain('60 of 65');
  expect(await one.store.alerts.open()).toMatchObject([{ kind: 'autonomy', about: 'writeTitle' }]);
  const audit = await one.store.audit.newest({ kind: 'autonomy', limit: 10 });
  expect(audit.map(({ body }) => (JSON.parse(body) as { level: string }).level)).toEqual(['L2', 'L3']);
});

test('a harness that people refuse more often than not only reports', async () => {
  const one = await rig({ loops: [{ loop: byHand, harness: 'autonomy: L3' }] });
  for (let run = 0; run < 20; run += 1)
    await plant(one.store, {
      runKey: `before-${run}`,
      loop: 'writeTitle',
      closedAt: 1000 * run,
      outcome: 'rejected',
      gates: [[run % 4 === 0 ? 'approve' : 'reject']],
      audited: true,
      waitedMs: 30_000,
    });
  expect(await one.run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({
    outcome: 'dryRun',
    reason: expect.stringContaining('Autonomy L1'),
    wouldHave: { effects: ['publish'] },
  });
});
