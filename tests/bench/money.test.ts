import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { liveSeed, nothingAround } from '../../bench/money/seed.ts';
import { money } from '../../bench/money/money.ts';
import { openStore } from '../../store/index.ts';
import type { Store } from '../../store/ports.ts';

test('whatever fails and whoever is killed, spending passes no cap, the ledger is the bill, and nothing is denied for ever', async () => {
  // `npm run bench -- money` lives a thousand. Seeds of their own every time: a failure says which.
  const from = 1 + Math.floor(Math.random() * 1e6);
  const { wrong, ...figures } = await money({ seeds: 25, from, report: () => {} });
  expect(wrong).toEqual([]);
  expect(figures).toMatchObject({ seeds: 25, overspendMicroUsd: 0, falseDenials: 0 });
  expect(figures.settled).toBeGreaterThan(10);
  expect(figures.refused).toBeGreaterThan(10);
});

test.each<[string, (ledger: Store['ledger']) => Partial<Store['ledger']>]>([
  [
    'lets every call through',
    (ledger) => ({ reserve: (call, held) => ledger.reserve(call, { ...held, budgets: [], callCap: undefined }) }),
  ],
  ['forgets what is uncertain', (ledger) => ({ giveUp: (call) => ledger.release(call) })],
  ['never gives up a lease', () => ({ expire: () => Promise.resolve(0) })],
])('a ledger that %s is found out', async (_what, change) => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-money-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const bad: Store = { ...store, ledger: { ...store.ledger, ...change(store.ledger) } };
  let found = 0;
  for (let seed = 1; seed <= 20; seed += 1) {
    const { wrong, overspendMicroUsd, falseDenials } = await liveSeed(bad, nothingAround(bad), seed);
    found += wrong.length + overspendMicroUsd + falseDenials;
  }
  expect(found).toBeGreaterThan(0);
});
