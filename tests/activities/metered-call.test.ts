import { describe, expect, test } from 'vitest';
import { meteredCall } from '../../activities/metered-call.ts';
import { openAiEndpoint } from '../../activities/models/openai.ts';
import type { ModelEndpoint, ModelRequest } from '../../activities/models/port.ts';
import { freePort } from '../../worker/temporal/ports.ts';
import type { Scripted } from '../support/fake-openai.ts';
import { question, workbench, type Workbench } from './workbench.ts';

const key = { stage: 'main#1', attempt: 1, call: 'generate' };

function pay(bench: Workbench, attempt = 1, change: { endpoint?: ModelEndpoint; request?: ModelRequest } = {}) {
  const { endpoint = bench.endpoint, request = question() } = change;
  return bench.within(() => meteredCall(bench.deps, bench.run, key, endpoint, request), attempt);
}

/** What the ledger says after one call that the fake answers so. */
async function bookedFor(
  scripted: Scripted,
  timeoutMs = 5000,
): Promise<{ state: unknown; share: 'all' | 'none' | number }> {
  const bench = await workbench({ script: [scripted] });
  await pay(bench, 1, { request: question({ timeoutMs }) }).catch(() => {});
  const [line, ...others] = await bench.ledger();
  expect(others).toEqual([]);
  const booked = Number(line?.['booked']);
  expect(await bench.store.ledger.spent('r1')).toBe(booked);
  return { state: line?.['state'], share: booked === line?.['reserved'] ? 'all' : booked === 0 ? 'none' : booked };
}

describe('one call leaves one line in the ledger', () => {
  test.each<[string, Scripted, object]>([
    ['an answer costs what it used', { json: {}, usage: { input: 30, output: 5 } }, { state: 'settled', share: 40 }],
    ['an answer without usage costs the worst case', { json: {}, usage: null }, { state: 'uncertain', share: 'all' }],
    ['a refusal costs what it used', { refusal: 'no' }, { state: 'settled', share: 140 }],
    ['a truncated answer costs what it used', { truncated: '{' }, { state: 'settled', share: 140 }],
    ['429 costs nothing', { status: 429 }, { state: 'released', share: 'none' }],
    ['401 costs nothing', { status: 401 }, { state: 'released', share: 'none' }],
    ['400 costs nothing', { status: 400 }, { state: 'released', share: 'none' }],
    ['413 costs nothing', { status: 413 }, { state: 'released', share: 'none' }],
    ['500 may have been charged', { status: 500 }, { state: 'uncertain', share: 'all' }],
    ['408 may have been charged', { status: 408 }, { state: 'uncertain', share: 'all' }],
    ['409 may have been charged', { status: 409 }, { state: 'uncertain', share: 'all' }],
    ['a reset connection may have been charged', { reset: true }, { state: 'uncertain', share: 'all' }],
    ['a strange body may have been charged', { body: {} }, { state: 'uncertain', share: 'all' }],
  ])('%s', async (_title, scripted, expected) => {
    expect(await bookedFor(scripted)).toEqual(expected);
  });

  test.each<[string, Scripted]>([
    ['no answer in time', { hang: true }],
    ['half an answer in time', { stalls: true }],
  ])('%s may have been charged', async (_title, scripted) => {
    expect(await bookedFor(scripted, 150)).toEqual({ state: 'uncertain', share: 'all' });
  });

  test('a connection that was refused costs nothing, because nothing was sent', async () => {
    const bench = await workbench();
    const baseUrl = `http://127.0.0.1:${await freePort()}/v1`;
    const endpoint = openAiEndpoint({ model: 'fake-1', apiKey: 'test', baseUrl });
    await expect(pay(bench, 1, { endpoint })).rejects.toMatchObject({ type: 'ModelError.Unavailable' });
    expect(await bench.ledger()).toMatchObject([{ state: 'released', booked: 0 }]);
  });

  test('a call that was aborted may have been charged', async () => {
    const bench = await workbench({ script: [{ hang: true }] });
    const controller = new AbortController();
    const call = pay(bench, 1, { request: question({ signal: controller.signal }) });
    const outcome = expect(call).rejects.toThrow();
    await expect.poll(() => bench.model.seen.length).toBe(1);
    controller.abort();
    await outcome;
    expect(await bench.ledger()).toMatchObject([{ state: 'uncertain' }]);
  });

  test('every try of an activity has a line of its own', async () => {
    const bench = await workbench({ script: [{ status: 500 }, { status: 429 }, { json: {} }] });
    for (const attempt of [1, 2, 3]) await pay(bench, attempt).catch(() => {});
    const lines = await bench.ledger();
    expect(lines.map(({ activity_attempt: attempt, state }) => [attempt, state])).toEqual([
      [1, 'uncertain'],
      [2, 'released'],
      [3, 'settled'],
    ]);
  });
});

describe('no call is made', () => {
  test('that could pass the budget of the run, and the message names budget, amounts and fix', async () => {
    const bench = await workbench({ budgetMicroUsd: 100 });
    await expect(pay(bench)).rejects.toMatchObject({
      type: 'BudgetExceeded',
      nonRetryable: true,
      message: expect.stringMatching(
        /^A call to fake-1 may cost 0\.\d+ USD, but budget run:r1 has 0\.0001 of 0\.0001 USD left\. Raise `limits\.usd`/,
      ) as unknown,
    });
    expect(bench.model.seen).toEqual([]);
    expect(await bench.ledger()).toEqual([]);
    expect(await bench.store.ledger.spent('r1')).toBe(0);
  });

  test('that could pass the budget of the loop for the day', async () => {
    const bench = await workbench({ harness: { limits: { usdPerDay: 0.0001 } } });
    await expect(pay(bench)).rejects.toMatchObject({
      type: 'BudgetExceeded',
      details: [{ budget: 'loop:writeTitle:2026-01-01' }],
    });
    expect(bench.model.seen).toEqual([]);
  });

  test('to a model without a price, and the message has the line that would declare it', async () => {
    const bench = await workbench();
    const endpoint: ModelEndpoint = { model: 'gpt-9', complete: () => expect.unreachable('must not be called') };
    await expect(pay(bench, 1, { endpoint })).rejects.toMatchObject({
      type: 'UnknownPrice',
      nonRetryable: true,
      message: expect.stringContaining(
        'prices: { "gpt-9": { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } }',
      ) as unknown,
    });
  });

  test('twice the money that is left: of two calls at once, one is refused', async () => {
    const bench = await workbench({ script: [{ json: {} }, { json: {} }], budgetMicroUsd: 1200 });
    const call = (name: string) =>
      bench.within(() => meteredCall(bench.deps, bench.run, { ...key, call: name }, bench.endpoint, question()));
    const answers = await Promise.allSettled([call('one'), call('two')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(bench.model.seen).toHaveLength(1);
  });
});

test('the reservation is at least what any tokenizer could charge', async () => {
  const prompt = '😀 naïve '.repeat(50);
  const bench = await workbench({ script: [{ json: {} }] });
  await pay(bench, 1, { request: question({ prompt }) });
  const [line] = await bench.ledger();
  expect(Number(line?.['reserved'])).toBeGreaterThanOrEqual(Buffer.byteLength(prompt) + 2 * 100);
});
