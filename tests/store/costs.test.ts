import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../store/index.ts';
import type { Store } from '../../store/ports.ts';
import { callOf, runOf } from './samples.ts';

const MONDAY = Date.UTC(2026, 0, 5, 23, 59);
const TUESDAY = Date.UTC(2026, 0, 6, 0, 1);

async function emptyStore(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-costs-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return store;
}

/** Three runs: an accepted one, a rejected one that cost more, and one whose call is in flight. */
async function spent(store: Store): Promise<void> {
  const pay = async (
    runKey: string,
    model: string,
    at: number,
    end: number | 'unknown' | 'flying',
    tenant?: string,
  ) => {
    await store.runs.open(runOf(runKey, tenant === undefined ? {} : { tenant }));
    const call = callOf(runKey, { call: model });
    const budgets = [{ id: `run:${runKey}`, capMicroUsd: runKey === 'r3' ? 100 : 1000 }];
    await store.ledger.reserve(call, { model, microUsd: 90, budgets, tenant, at, leaseUntil: at + 1 });
    if (end === 'unknown') await store.ledger.giveUp(call);
    else if (end !== 'flying') await store.ledger.settle(call, { microUsd: end, inputTokens: 7, outputTokens: 3 });
  };
  await pay('r1', 'small', MONDAY, 10, 'acme');
  await pay('r2', 'small', MONDAY, 30);
  await pay('r2', 'big', TUESDAY, 'unknown');
  await pay('r3', 'big', TUESDAY, 'flying');
  const close = { reason: '', closedAt: TUESDAY, lessons: [] };
  await store.runs.close({ ...close, runKey: 'r1', outcome: 'accepted' });
  await store.runs.close({ ...close, runKey: 'r2', outcome: 'rejected' });
}

const short = (lines: readonly { group: string; settledMicroUsd: number; uncertainMicroUsd: number }[]) =>
  lines.map(({ group, settledMicroUsd, uncertainMicroUsd }) => [group, settledMicroUsd, uncertainMicroUsd]);

test('what an accepted result costs counts what was spent on those that were not', async () => {
  const store = await emptyStore();
  await spent(store);
  const { lines, total } = await store.costs.costs({ by: 'loop' }, '2026-01-06');
  expect(lines).toEqual([
    {
      group: 'triage',
      settledMicroUsd: 40,
      uncertainMicroUsd: 90,
      heldMicroUsd: 90,
      calls: 4,
      inputTokens: 14,
      outputTokens: 6,
      runs: 3,
      accepted: 1,
    },
  ]);
  expect(total).toEqual({ ...lines[0], group: 'all' });
});

test('money is sorted by day, model, outcome and tenant, dearest first', async () => {
  const store = await emptyStore();
  await spent(store);
  const by = async (group: 'day' | 'model' | 'outcome' | 'tenant') =>
    short((await store.costs.costs({ by: group }, '2026-01-06')).lines);
  expect(await by('day')).toEqual([
    ['2026-01-06', 0, 90],
    ['2026-01-05', 40, 0],
  ]);
  expect(await by('model')).toEqual([
    ['big', 0, 90],
    ['small', 40, 0],
  ]);
  expect(await by('outcome')).toEqual([
    ['rejected', 30, 90],
    ['accepted', 10, 0],
    ['-', 0, 0],
  ]);
  expect(await by('tenant')).toEqual([
    ['-', 30, 90],
    ['acme', 10, 0],
  ]);
});

test('a loop and a time narrow it, and nothing at all is nothing', async () => {
  const store = await emptyStore();
  await spent(store);
  const total = async (query: object) => (await store.costs.costs({ by: 'loop', ...query }, '2026-01-06')).total.calls;
  expect(await total({ since: TUESDAY })).toBe(2);
  expect(await total({ until: TUESDAY })).toBe(2);
  expect(await total({ loop: 'another' })).toBe(0);
});

test('budgets of today and of open runs that are nearly used up are named, fullest first', async () => {
  const store = await emptyStore();
  await spent(store);
  const take = (id: string, microUsd: number) =>
    store.ledger.reserve(callOf('r9', { call: id }), {
      model: 'big',
      microUsd,
      budgets: [{ id, capMicroUsd: 100 }],
      at: TUESDAY,
      leaseUntil: TUESDAY,
    });
  await take('loop:triage:2026-01-06', 100);
  await take('loop:triage:2026-01-05', 100);
  await take('installation:2026-01-06', 79);
  const { low } = await store.costs.costs({ by: 'loop' }, '2026-01-06');
  expect(low.map(({ budget, usedMicroUsd }) => [budget, usedMicroUsd])).toEqual([
    ['loop:triage:2026-01-06', 100],
    ['run:r3', 90],
  ]);
});

test('budgets that are not the sum of their lines, which only hands in the tables can make, are named and mended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-costs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const before = await openStore(folder, process.pid);
  await spent(before);
  expect(await before.ledger.reconcile()).toEqual([]);
  await before.close();
  const hands = new DatabaseSync(join(folder, 'loopwright.db'));
  hands.exec(`update budgets set spent = 0 where id = 'run:r1'`);
  hands.close();
  const store = await openStore(folder, process.pid);
  onTestFinished(() => store.close());
  expect(await store.ledger.reconcile()).toEqual(['run:r1']);
  expect(await store.ledger.spent('r1')).toBe(10);
  expect(await store.ledger.reconcile()).toEqual([]);
});
