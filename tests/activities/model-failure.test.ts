import type { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { openAiEndpoint, type ModelApi } from '../../activities/models/openai.ts';
import { FAILURES } from '../../contract/failures.ts';
import { freePort } from '../../worker/temporal/ports.ts';
import type { Scripted } from '../support/fake-openai.ts';
import { question, workbench } from './workbench.ts';

/** The failure of one call that the fake answers so. */
async function failureOf(api: ModelApi, scripted: Scripted, timeoutMs = 5000): Promise<ApplicationFailure> {
  const { endpoint, model } = await workbench({ script: [scripted], asks: { api } });
  const error = await endpoint.complete(question({ timeoutMs })).then(
    () => expect.unreachable('the call should have failed'),
    (reason: unknown) => reason as ApplicationFailure,
  );
  // One request: Temporal owns the retries.
  expect(model.seen).toHaveLength(1);
  return error;
}

describe.each<ModelApi>(['responses', 'chat'])(
  'what a provider answers through %s becomes a failure of ours',
  (api) => {
    test.each([
      [400, 'ModelError.BadRequest'],
      [401, 'ModelError.Auth'],
      [403, 'ModelError.Auth'],
      [404, 'ModelError.BadRequest'],
      [408, 'ModelError.Timeout'],
      [409, 'ModelError.Unavailable'],
      [413, 'ModelError.TooLarge'],
      [422, 'ModelError.BadRequest'],
      [429, 'ModelError.RateLimit'],
      [500, 'ModelError.Unavailable'],
      [502, 'ModelError.Unavailable'],
      [503, 'ModelError.Unavailable'],
    ] as const)('%i is %s', async (status, type) => {
      const error = await failureOf(api, { status });
      expect(error).toMatchObject({ type, nonRetryable: !FAILURES[type].retryable });
      expect(error.message).toContain(`fake-1 answered ${status}: ${status} scripted ${status}`);
    });

    test('404 names what to check, because the address or the model is wrong', async () => {
      expect((await failureOf(api, { status: 404 })).message).toMatch(
        /\(asked at http:\/\/127\.0\.0\.1:\d+\/v1: check `model` and `baseUrl`\)$/,
      );
    });

    test('4xx other than 408, 409 and 429 are final; those and 5xx are tried again', async () => {
      const statuses = [400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503];
      const { endpoint } = await workbench({ script: statuses.map((status) => ({ status })), asks: { api } });
      const retried: number[] = [];
      for (const status of statuses) {
        const error = await endpoint.complete(question()).catch((reason: unknown) => reason as ApplicationFailure);
        if ('nonRetryable' in error && error.nonRetryable !== true) retried.push(status);
      }
      expect(retried).toEqual([408, 409, 429, 500, 503]);
    });

    test.each([
      [{ 'retry-after': '7' }, 7000],
      [{ 'retry-after-ms': '1500' }, 1500],
      [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
      [{}, undefined],
      [{ 'retry-after': 'soon' }, undefined],
    ])('429 with %j waits %s ms before the next try', async (headers, expected) => {
      const error = await failureOf(api, { status: 429, headers: headers as Record<string, string> });
      expect(error.nextRetryDelay).toBe(expected);
    });

    test('a refusal is final and says the words of the model', async () => {
      expect(await failureOf(api, { refusal: 'I cannot help with that.' })).toMatchObject({
        type: 'ModelError.Refused',
        nonRetryable: true,
        message: 'fake-1 refused: I cannot help with that.',
        details: [{ inputTokens: 100, outputTokens: 20 }],
      });
    });

    test('an answer that a content filter stopped is a refusal', async () => {
      expect(await failureOf(api, { truncated: '', because: 'content_filter' })).toMatchObject({
        type: 'ModelError.Refused',
        message: 'fake-1 did not finish: content_filter.',
      });
    });

    test('an answer cut off by the token limit is final, and its message names the limit', async () => {
      expect(await failureOf(api, { truncated: '{"title": "Ow' })).toMatchObject({
        type: 'ModelError.Truncated',
        nonRetryable: true,
        message: expect.stringContaining('`limits.tokens` (100)') as unknown,
        details: [{ inputTokens: 100, outputTokens: 20 }],
      });
    });

    test.each([[{ hello: 'world' }], ['<html>'], [null]])(
      'a 200 that is no response (%j) is unavailable',
      async (body) => {
        expect(await failureOf(api, { body })).toMatchObject({
          type: 'ModelError.Unavailable',
          nonRetryable: false,
          message: expect.stringMatching(
            /^fake-1 answered with nothing of the \S+( \S+)? API at http:\S+\/v1; check its `baseUrl`\.$/,
          ) as unknown,
        });
      },
    );

    test('a 200 that says what is wrong is unavailable, in those words', async () => {
      expect(await failureOf(api, { body: { error: { message: 'the model is loading' } } })).toMatchObject({
        type: 'ModelError.Unavailable',
        message: expect.stringContaining(': the model is loading; check its `baseUrl`.') as unknown,
      });
    });

    test('an answer that is no JSON and used every token was cut, though the server does not say so', async () => {
      const usage = { input: 10, output: 100 };
      const { endpoint } = await workbench({ script: [{ text: '{"title": "Ow', usage }], asks: { api } });
      await expect(endpoint.complete(question())).rejects.toMatchObject({ type: 'ModelError.Truncated' });
    });
  },
);

test('an answer that failed at the provider is tried again', async () => {
  const body = {
    object: 'response',
    status: 'failed',
    error: { code: 'server_error', message: 'overloaded' },
    output: [],
  };
  expect(await failureOf('responses', { body })).toMatchObject({
    type: 'ModelError.Unavailable',
    message: 'fake-1 failed: overloaded.',
  });
});

describe.each<ModelApi>(['responses', 'chat'])('what the network does to %s becomes a failure of ours', (api) => {
  test('a refused connection is unavailable and says why', async () => {
    const endpoint = openAiEndpoint({
      model: 'fake-1',
      apiKey: 'test',
      baseUrl: `http://127.0.0.1:${await freePort()}/v1`,
    });
    await expect(endpoint.complete(question())).rejects.toMatchObject({
      type: 'ModelError.Unavailable',
      nonRetryable: false,
      message: expect.stringMatching(/fake-1 could not be reached: .*ECONNREFUSED/) as unknown,
    });
  });

  test('a connection that is reset is unavailable', async () => {
    expect(await failureOf(api, { reset: true })).toMatchObject({
      type: 'ModelError.Unavailable',
      nonRetryable: false,
    });
  });

  test('no answer in time is a timeout', async () => {
    expect(await failureOf(api, { hang: true }, 150)).toMatchObject({
      type: 'ModelError.Timeout',
      nonRetryable: false,
    });
  });

  test('an answer that stops in the middle of its body is a timeout too', async () => {
    expect(await failureOf(api, { stalls: true }, 150)).toMatchObject({
      type: 'ModelError.Timeout',
      nonRetryable: false,
    });
  });

  test('an abort ends the call in flight and is no failure of the model', async () => {
    const { endpoint, model } = await workbench({ script: [{ hang: true }], asks: { api } });
    const controller = new AbortController();
    const call = endpoint.complete(question({ signal: controller.signal }));
    await expect.poll(() => model.seen.length).toBe(1);
    controller.abort();
    await expect(call).rejects.toThrow('Request was aborted.');
    await expect.poll(() => model.seen[0]?.aborted).toBe(true);
  });
});
