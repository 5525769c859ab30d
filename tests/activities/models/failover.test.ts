import type { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { Route } from '../../../activities/dependencies.ts';
import { askRoute } from '../../../activities/models/failover.ts';
import { openAiEndpoint } from '../../../activities/models/openai.ts';
import type { Script } from '../../support/fake-openai.ts';
import { question, workbench, type Workbench } from '../workbench.ts';

/** A workbench whose route `default` (model `fake-1`) has `backup` (model `fake-2`, dearer) to stand in. */
async function chain(script: Script, budgetMicroUsd = 1_000_000) {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const bench = await workbench({
    script,
    budgetMicroUsd,
    prices: { models: { 'fake-1': price, 'fake-2': { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } } },
  });
  const baseUrl = bench.url;
  const route = (model: string, fallback?: string): Route => {
    return {
      kind: 'endpoint',
      endpoint: openAiEndpoint({ model, apiKey: 'test', baseUrl, api: 'responses' }),
      fallback,
    };
  };
  const told: string[] = [];
  const routes = new Map([
    ['default', route('fake-1', 'backup')],
    ['backup', route('fake-2')],
  ]);
  return { ...bench, deps: { ...bench.deps, routes, report: (text: string) => void told.push(text) }, told };
}

let calls = 0;
const ask = (bench: Workbench, except?: (endpoint: { model: string }) => boolean) =>
  bench.within(() =>
    askRoute(bench.deps, {
      run: bench.run,
      key: { stage: 'main#1', attempt: (calls += 1), call: 'generate' },
      route: 'default',
      request: question(),
      ...(except === undefined ? {} : { except }),
    }),
  );

const models = ({ model }: Workbench) => model.seen.map((seen) => seen.model);

test('where a provider is down the next model of the route answers, at its own price and in a line of its own', async () => {
  const bench = await chain([{ status: 503 }, { json: {} }]);
  expect((await ask(bench)).endpoint.model).toBe('fake-2');
  expect(await bench.store.facts.query('select call, model, state, booked from ledger order by call')).toMatchObject([
    { call: 'generate', model: 'fake-1', state: 'uncertain' },
    { call: 'generate>backup', model: 'fake-2', state: 'settled', booked: 1400 },
  ]);
});

test.each([
  ['a bad request', { status: 400 }],
  ['a refusal', { refusal: 'no' }],
  ['a key that is refused', { status: 401 }],
  ['a short wait', { status: 429, headers: { 'retry-after': '2' } }],
])('%s is no outage: nobody else is asked', async (_what, scripted) => {
  const bench = await chain([scripted]);
  await expect(ask(bench)).rejects.toMatchObject({ type: expect.stringMatching(/^ModelError/) as unknown });
  expect(models(bench)).toEqual(['fake-1']);
});

test('a provider that asks for a long wait is one that is down', async () => {
  const bench = await chain([{ status: 429, headers: { 'retry-after': '60' } }, { json: {} }]);
  expect((await ask(bench)).endpoint.model).toBe('fake-2');
});

test('a provider that is down is passed by for a while, and said once', async () => {
  const bench = await chain(({ model }) => (model === 'fake-1' ? { status: 500 } : { json: {} }));
  for (const _call of [1, 2, 3, 4]) expect((await ask(bench)).endpoint.model).toBe('fake-2');
  expect(models(bench)).toEqual(['fake-1', 'fake-2', 'fake-1', 'fake-2', 'fake-2', 'fake-2']);
  expect(bench.told).toEqual([expect.stringMatching(/^Route `default` is down .*; fake-2 of route `backup` answers/s)]);
});

test('where all are down the failure names each, and is tried again', async () => {
  const bench = await chain([{ status: 500 }, { status: 502 }]);
  const error = (await ask(bench).catch((reason: unknown) => reason)) as ApplicationFailure;
  expect(error).toMatchObject({ type: 'ModelError.Unavailable', nonRetryable: false });
  expect(error.message).toMatch(
    /^No model of route `default` answers\. default: fake-1 answered 500.*backup: fake-2 answered 502/s,
  );
});

test('a stand-in that no budget lets answer leaves the outage as what happened', async () => {
  const bench = await chain([{ status: 429, headers: { 'retry-after': '60' } }], 1500);
  await expect(ask(bench)).rejects.toMatchObject({ type: 'ModelError.RateLimit', nonRetryable: false });
});

test('what a stand-in cannot do is said, and leaves the outage to be tried again, though the one that is down is not even asked', async () => {
  const bench = await chain(({ model }) => (model === 'fake-1' ? { status: 500 } : { status: 401 }));
  const types: unknown[] = [];
  for (const _call of [1, 2, 3]) {
    const error = (await ask(bench).catch((reason: unknown) => reason)) as ApplicationFailure;
    expect(error.nonRetryable).toBe(false);
    types.push([error.type, error.nextRetryDelay]);
  }
  expect(types).toEqual([
    ['ModelError.Unavailable', undefined],
    ['ModelError.Unavailable', undefined],
    ['ModelError.Unavailable', 5000],
  ]);
  expect(models(bench)).toEqual(['fake-1', 'fake-2', 'fake-1', 'fake-2', 'fake-2']);
  expect(bench.told).toContainEqual(
    expect.stringMatching(/^Route `backup` cannot stand in for `default`, which is down \(ModelError\.Auth/),
  );
});

test('where one is out of credit and another asks to wait, the wait decides', async () => {
  const noCredit = { message: 'You exceeded your current quota', code: 'insufficient_quota' };
  const bench = await chain([
    { status: 429, headers: { 'retry-after': '60' } },
    { status: 429, error: noCredit },
  ]);
  await expect(ask(bench)).rejects.toMatchObject({
    type: 'ModelError.RateLimit',
    nonRetryable: false,
    nextRetryDelay: 60_000,
  });
});

test('a model that must not answer, because it grades, is never asked in its place', async () => {
  const bench = await chain([{ status: 500 }]);
  await expect(ask(bench, ({ model }) => model === 'fake-2')).rejects.toMatchObject({ type: 'ModelError.Unavailable' });
  expect(models(bench)).toEqual(['fake-1']);
});
