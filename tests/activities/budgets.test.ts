import { describe, expect, test } from 'vitest';
import { meteredCall } from '../../activities/metered-call.ts';
import { question, workbench, type Workbench } from './workbench.ts';

/** A call of these may cost 707 micro-USD and a bit at worst, and costs 140. */
const pay = (bench: Workbench, attempt: number, stage = 'main#1') =>
  bench.within(() =>
    meteredCall(bench.deps, bench.run, { stage, attempt, call: 'generate' }, bench.endpoint, question()),
  );

const ANSWERS = () => ({ json: {} });

const refused = (budget: string, cap: number) => ({
  type: 'BudgetExceeded',
  details: [{ budget, capMicroUsd: cap, needMicroUsd: expect.any(Number) as unknown }],
});

describe('a call is refused by every cap above it', () => {
  test('its own', async () => {
    const bench = await workbench({ harness: { limits: { usdPerCall: 0.0005 } } });
    await expect(pay(bench, 1)).rejects.toMatchObject(refused('call:r1', 500));
    expect(bench.model.seen).toEqual([]);
  });

  test('its stage’s, which another stage does not use up', async () => {
    const limits = { usdPerStage: { main: 0.0011, other: 0.0011 } };
    const bench = await workbench({ script: ANSWERS, harness: { limits } });
    await pay(bench, 1);
    await pay(bench, 2);
    await expect(pay(bench, 3)).rejects.toMatchObject(refused('stage:r1/main', 1100));
    // The second use of a stage is the same stage.
    await expect(pay(bench, 1, 'main#2')).rejects.toMatchObject(refused('stage:r1/main', 1100));
    await pay(bench, 1, 'other#1');
  });

  test('the loop’s of the day', async () => {
    const bench = await workbench({ harness: { limits: { usdPerDay: 0.0005 } } });
    await expect(pay(bench, 1)).rejects.toMatchObject(refused('loop:writeTitle:2026-01-01', 500));
  });

  test.each([
    ['its own', { tenants: { acme: 500 }, perTenantDayMicroUsd: 1e9 }],
    ['that of all tenants', { tenants: { other: 1e9 }, perTenantDayMicroUsd: 500 }],
  ])('its tenant’s of the day: %s', async (_which, caps) => {
    const bench = await workbench({ caps, tenant: 'acme' });
    await expect(pay(bench, 1)).rejects.toMatchObject(refused('tenant:acme:2026-01-01', 500));
  });

  test('the installation’s of the day, after which nothing of it is held anywhere', async () => {
    const bench = await workbench({ caps: { tenants: {}, perDayMicroUsd: 500 } });
    await expect(pay(bench, 1)).rejects.toMatchObject(refused('installation:2026-01-01', 500));
    expect(await bench.store.facts.query('select id, spent, reserved from budgets where reserved + spent > 0')).toEqual(
      [],
    );
  });
});

test('a raise adds to exactly the cap that it names, once however often it is recorded', async () => {
  const bench = await workbench({ script: ANSWERS, budgetMicroUsd: 100, harness: { limits: { usdPerCall: 0.0005 } } });
  const raise = { runKey: 'r1', microUsd: 1000, by: 'ada', reason: 'fine', at: 1 };
  await bench.store.ledger.raise({ ...raise, key: 'r1/raise#1', budget: 'call:r1' });
  await expect(pay(bench, 1)).rejects.toMatchObject(refused('run:r1', 100));
  for (const _twice of [1, 2]) await bench.store.ledger.raise({ ...raise, key: 'r1/raise#2', budget: 'run:r1' });
  expect(await bench.store.ledger.raised('run:r1')).toBe(1000);
  await pay(bench, 1);
});

test('a budget that is used to four fifths is said once, and again only after its cap was changed', async () => {
  const bench = await workbench({ script: ANSWERS, budgetMicroUsd: 900 });
  await pay(bench, 1);
  await pay(bench, 2).catch(() => {});
  expect(bench.told).toEqual([
    expect.stringMatching(
      /^Budget run:r1 is \d\d % used: \$0\.000\d+ of \$0\.0009, calls in flight at their worst case\./,
    ),
  ]);
  await bench.store.ledger.raise({
    key: 'k',
    budget: 'run:r1',
    runKey: 'r1',
    microUsd: 200,
    by: 'ada',
    reason: 'x',
    at: 1,
  });
  await pay(bench, 3);
  expect(bench.told).toHaveLength(2);
});

describe('prices', () => {
  const prices = (asOf: string, price = 1) => ({
    asOf,
    staleAfterMs: 180 * 86_400_000,
    models: { 'fake-1': { inputUsdPerMillion: price, outputUsdPerMillion: price } },
  });

  test.each([
    ['half a year and a day old', '2025-07-04', /was looked up on 2025-07-04, 181 days ago/],
    ['of a day ahead', '2026-01-05', /on 2026-01-05, which lies ahead/],
  ])('that are %s are refused', async (_what, asOf, message) => {
    const bench = await workbench({ prices: prices(asOf) });
    await expect(pay(bench, 1)).rejects.toMatchObject({
      type: 'StalePrice',
      message: expect.stringMatching(message) as unknown,
    });
    expect(bench.model.seen).toEqual([]);
  });

  test('that are young enough count, and one of 0 is never stale', async () => {
    await pay(await workbench({ script: ANSWERS, prices: prices('2025-07-06') }), 1);
    await pay(await workbench({ script: ANSWERS, prices: prices('2001-01-01', 0) }), 1);
  });

  test('that a run pinned before tables had a date count', async () => {
    const models = { 'fake-1': { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } };
    await pay(await workbench({ script: ANSWERS, prices: models as never }), 1);
  });
});

test.each(['responses', 'chat'] as const)(
  'input that the provider had in its cache costs its own price, through %s',
  async (api) => {
    const models = { 'fake-1': { inputUsdPerMillion: 1, outputUsdPerMillion: 2, cachedInputUsdPerMillion: 0.1 } };
    const usage = { input: 100, output: 20, cached: 90 };
    const bench = await workbench({ script: [{ json: {}, usage }], prices: { models }, asks: { api } });
    await pay(bench, 1);
    expect(await bench.store.facts.query('select booked, cached_tokens from ledger')).toEqual([
      { booked: 10 + 9 + 40, cached_tokens: 90 },
    ]);
  },
);

test('100 runs at once on a cap of 10 calls make exactly 10', async () => {
  // An answer that does not say what it used costs its worst case, so calls of equal length cost the same.
  const script = () => ({ json: {}, usage: null });
  const key = { stage: 'main#1', attempt: 1, call: 'generate' };
  const once = await workbench({ script });
  await pay(once, 1);
  const [{ booked: worst = 0 } = {}] = await once.ledger();
  const bench = await workbench({ script, harness: { limits: { usdPerDay: (10 * Number(worst)) / 1e6 } } });
  const runs = Array.from({ length: 100 }, (_, index) => ({ ...bench.run, runKey: `run-${index}` }));
  const ended = await Promise.allSettled(
    runs.map((run) => bench.within(() => meteredCall(bench.deps, run, key, bench.endpoint, question()))),
  );
  expect(bench.model.seen).toHaveLength(10);
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  for (const one of ended) if (one.status === 'rejected') expect(one.reason).toMatchObject({ type: 'BudgetExceeded' });
  const [{ spent } = {}] = await bench.store.facts.query(`select spent from budgets where id like 'loop:%'`);
  expect(spent).toBe(10 * Number(worst));
});
