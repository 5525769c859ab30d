import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../store/index.ts';
import type { Store } from '../../store/ports.ts';
import { callOf, lookOf, runOf } from './samples.ts';

async function emptyStore(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-schedules-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return store;
}

test('an alert is one a key: raised again it has its first time and its newest text, cleared and raised it is new', async () => {
  const { alerts } = await emptyStore();
  const late = { key: 'late:nightly', kind: 'late', about: 'nightly', text: 'since 9', raisedAt: 10 } as const;
  expect(await alerts.raise(late)).toEqual(late);
  expect(await alerts.raise({ ...late, text: 'since 9, 1 h ago', raisedAt: 20 })).toMatchObject({ raisedAt: 10 });
  await alerts.raise({ ...late, key: 'budget:other', kind: 'budget', about: 'other', raisedAt: 15 });
  expect((await alerts.open()).map(({ key, text }) => [key, text])).toEqual([
    ['late:nightly', 'since 9, 1 h ago'],
    ['budget:other', 'since 9'],
  ]);
  await alerts.clear('late:nightly', 30);
  expect((await alerts.open()).map(({ key }) => key)).toEqual(['budget:other']);
  expect(await alerts.raise({ ...late, raisedAt: 40 })).toMatchObject({ raisedAt: 40 });
});

test('a look at a schedule is kept with what is absent in it, and only the newest', async () => {
  const { scheduleLooks } = await emptyStore();
  await scheduleLooks.keep(lookOf('nightly', { budgetMicroUsd: 5 }));
  const { expected: _expected, ...paused } = lookOf('nightly', { pausedAt: 3000, lookedAt: 3000 });
  await scheduleLooks.keep(paused);
  expect(await scheduleLooks.all()).toEqual([paused]);
});

test("what a schedule's runs spent is what was booked since, calls in flight at their worst, and nobody else's", async () => {
  const { ledger, runs, scheduleLooks } = await emptyStore();
  const bySchedule = { trigger: { kind: 'schedule', source: 'nightly' } } as const;
  await runs.open(runOf('r1', bySchedule));
  await runs.open(runOf('r2', { trigger: { kind: 'manual', source: 'nightly' } }));
  const reserve = (runKey: string, call: string, at: number) =>
    ledger.reserve(callOf(runKey, { call }), { model: 'm', microUsd: 40, budgets: [], at, leaseUntil: at + 1000 });
  for (const call of ['old', 'settled', 'held', 'released']) await reserve('r1', call, call === 'old' ? 900 : 1000);
  await reserve('r2', 'by hand', 1000);
  await ledger.settle(callOf('r1', { call: 'settled' }), { microUsd: 7, inputTokens: 1, outputTokens: 1 });
  await ledger.release(callOf('r1', { call: 'released' }));
  expect(await scheduleLooks.spentSince(1000)).toEqual(new Map([['nightly', 47]]));
});
