import { expect, test } from 'vitest';
import { parseHarness } from '../../../worker/load/harness.ts';
import { callOf, runOf } from '../../store/samples.ts';
import { until } from '../../support/rig.ts';
import { Lab, labStore } from './lab.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a schedule whose runs have spent its day’s budget is paused with the reason, and goes on the next day', async () => {
  const lab = await Lab.open();
  const { store, reopen } = await labStore();
  await lab.apply(
    lab.file({ daily: { every: '1 hour', budgetUsdPerDay: 0.05, note: 'the digest', alertAfter: '9 days' } }),
  );
  let now = Date.parse('2026-11-27T12:00:00Z');
  const first = lab.watcher(store, () => now);
  const handle = lab.schedules.getHandle(lab.id('daily'));
  const spend = async (call: string, microUsd: number) => {
    await store.runs.open(runOf(lab.project, { trigger: { kind: 'schedule', source: lab.id('daily') } }));
    await store.ledger.reserve(callOf(lab.project, { call }), {
      model: 'm',
      microUsd,
      budgets: [],
      at: now,
      leaseUntil: now,
    });
  };
  await spend('a', 49_999);
  await first.look();
  expect((await handle.describe()).state.paused).toBe(false);
  await spend('b', 1);
  await first.look();
  const why =
    'Daily budget: its runs have booked $0.05 of $0.05 on 2026-11-27 (UTC). It goes on by itself on 2026-11-28T00:00Z.';
  expect((await handle.describe()).state).toEqual({ paused: true, note: why });
  expect(await store.alerts.open()).toMatchObject([{ key: `budget:${lab.id('daily')}`, kind: 'budget' }]);
  await first.look();
  expect(first.said).toEqual([
    `Schedule daily is paused. ${why} Sooner: raise budgetUsdPerDay, then loopwright schedule apply.`,
  ]);

  now += DAY;
  const second = lab.watcher(await reopen(), () => now);
  await second.look();
  expect((await handle.describe()).state).toEqual({ paused: false, note: 'the digest' });
  expect(second.said).toEqual(['Schedule daily goes on: there is money again.']);
});

test('a budget does not end a pause that a person made or took over, and a higher cap ends its own', async () => {
  const lab = await Lab.open();
  const { store } = await labStore();
  const spec = { every: '1 hour', budgetUsdPerDay: 0 };
  await lab.apply(lab.file({ taken: spec, own: spec }));
  let now = Date.parse('2026-11-27T12:00:00Z');
  const { look } = lab.watcher(store, () => now);
  await look();
  const [taken, own] = [lab.schedules.getHandle(lab.id('taken')), lab.schedules.getHandle(lab.id('own'))];
  expect((await own.describe()).state.paused).toBe(true);
  await taken.pause('Paused by ada');
  await lab.apply(lab.file({ taken: { ...spec, budgetUsdPerDay: 1 }, own: { ...spec, budgetUsdPerDay: 1 } }));
  now += DAY;
  await look();
  expect((await own.describe()).state.paused).toBe(false);
  expect((await taken.describe()).state).toEqual({ paused: true, note: 'Paused by ada' });
  expect(await store.alerts.open()).toEqual([]);
});

test('a schedule whose times are dropped because a run stays open is late, and is not any more when it runs', async () => {
  const lab = await Lab.open();
  const { store } = await labStore();
  await lab.apply(lab.file({ often: { every: '1 second', alertAfter: '1 second' } }));
  const { look, said } = lab.watcher(store, Date.now);
  const handle = lab.schedules.getHandle(lab.id('often'));
  const opened = await until(
    async () => (await handle.describe()).info.runningActions,
    (running) => running.length > 0,
  );
  const workflowId = opened[0]?.workflow.workflowId ?? '';
  const looking = async () => (await look(), said);
  await until(looking, (lines) => lines.length > 0);
  const shown = workflowId.replace(`${lab.project}-`, '');
  expect(said[0]).toMatch(/^Schedule often is LATE: it should have run at 20\S+ \S+Z and did not: its run /);
  expect(said[0]).toContain(`${shown} is still open.`);
  expect(await store.alerts.open()).toMatchObject([
    { key: `late:${lab.id('often')}`, kind: 'late', about: lab.id('often') },
  ]);
  await look();
  expect(said).toHaveLength(1);
  await lab.client.workflow.getHandle(workflowId).terminate();
  await until(looking, (lines) => lines.length > 1);
  expect(said[1]).toMatch(/^Schedule often is not late any more: it ran at 20/);
  expect(await store.alerts.open()).toEqual([]);
});

test('a time that passed while its owner was down is late when the owner is back, at the second look, and once', async () => {
  const lab = await Lab.open();
  const { store, reopen } = await labStore();
  await lab.apply(
    lab.file({ hourly: { every: '1 hour', alertAfter: '1 minute' }, paused: { every: '1 hour', paused: true } }),
  );
  await lab.watcher(store, Date.now).look();
  const again = await reopen();
  const later = Date.now() + 2 * HOUR;
  const { look, said } = lab.watcher(again, () => later);
  await look();
  expect(said).toEqual([]);
  await look();
  await look();
  expect(said).toEqual([
    expect.stringMatching(/^Schedule hourly is LATE: .* did not: Temporal started nothing\./) as unknown,
  ]);

  await lab.schedules.getHandle(lab.id('hourly')).pause('Paused by ada');
  await look();
  expect(said.at(-1)).toBe('Schedule hourly is not late any more: it is paused.');
  expect(await again.alerts.open()).toEqual([]);
  expect(await again.scheduleLooks.all()).toMatchObject([
    { id: lab.id('hourly'), pausedAt: later },
    { id: lab.id('paused'), pausedAt: expect.any(Number) as number },
  ]);
});

test('a schedule that somebody deleted is late when it should have run, until it is put back or forgotten', async () => {
  const lab = await Lab.open();
  const { store } = await labStore();
  const file = lab.file({ hourly: { every: '1 hour' } });
  await lab.apply(file);
  let now = Date.now();
  const { look, said } = lab.watcher(store, () => now);
  await look();
  await lab.schedules.getHandle(lab.id('hourly')).delete();
  await look();
  now += 2 * HOUR;
  await look();
  await look();
  expect(said).toEqual([
    expect.stringMatching(
      /^Schedule hourly is LATE: .* it is not in Temporal any more \(loopwright schedule apply puts it back\)/,
    ) as unknown,
  ]);
  await store.scheduleLooks.forget(lab.id('hourly'));
  await look();
  expect(await store.alerts.open()).toEqual([]);
});

test('a schedule that would drop times while its run waits for a person is named once, and no other', async () => {
  const lab = await Lab.open();
  const { store } = await labStore();
  const asks = parseHarness('instructions: x\napproval: { when: "true", expiresAfter: 3 days }', 'asks/harness.yaml');
  const loops = new Map([
    ['asks', { harness: asks }],
    ['alone', { harness: parseHarness('instructions: x', 'alone/harness.yaml') }],
  ]);
  const every = '1 hour';
  const file = lab.file({
    drops: { every, loop: 'asks' },
    keeps: { every, loop: 'asks', overlap: 'bufferOne' },
    weekly: { every: '7 days', loop: 'asks' },
    alone: { every, loop: 'alone' },
  });
  await lab.apply(file);
  const { look, said } = lab.watcher(store, Date.now, loops);
  await look();
  await look();
  expect(said).toEqual([
    'Schedule drops comes every 1 h, and a gate of asks may wait 3 d: with overlap skip, times that come meanwhile are dropped. Say bufferOne or allowAll, or shorten approval.expiresAfter.',
  ]);
});
