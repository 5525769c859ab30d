import { gzipSync } from 'node:zlib';
import type { ApplicationFailure } from '@temporalio/common';
import { describe, expect, onTestFinished, test } from 'vitest';
import { meteredCall } from '../../../activities/metered-call.ts';
import { classify } from '../../../activities/models/classify.ts';
import { NoAnswer } from '../../../activities/models/no-answer.ts';
import { openAiEndpoint, type ModelApi, type OpenAiOptions } from '../../../activities/models/openai.ts';
import { failure } from '../../../contract/failures.ts';
import type { FateId } from '../../../contract/model-fates.ts';
import { fateOf, isFree, isOutage } from '../../../core/model-fate.ts';
import { FakeOpenAi, type Script, type Scripted } from '../../support/fake-openai.ts';
import { question, workbench } from '../workbench.ts';

/** A fake of its own and an endpoint that asks it, with no store. */
async function asking(script: Script, asks: Partial<OpenAiOptions> = {}) {
  const model = new FakeOpenAi(script);
  const baseUrl = await model.listen();
  onTestFinished(async () => {
    await model.close();
    expect(model.complaints).toEqual([]);
  });
  const endpoint = openAiEndpoint({ model: 'fake-1', apiKey: 'test', baseUrl, api: 'responses', ...asks });
  return { model, endpoint };
}

/** The failure of one call that the fake answers so. */
async function failureOf(
  scripted: Scripted,
  { timeoutMs = 5000, ...asks }: Partial<OpenAiOptions> & { readonly timeoutMs?: number } = {},
): Promise<ApplicationFailure & { readonly sent: number }> {
  const { endpoint, model } = await asking([scripted], asks);
  return await endpoint.complete(question({ timeoutMs })).then(
    () => expect.unreachable('the call should have failed'),
    (reason: unknown) => Object.assign(reason as ApplicationFailure, { sent: model.seen[0]?.sent() ?? 0 }),
  );
}

describe('the wait before the next try', () => {
  const date = 'Fri, 27 Nov 2026 10:00:00 GMT';
  test.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a part of a second', { 'retry-after': '0.25' }, 250],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1500],
    ['milliseconds rather than seconds', { 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    ['a date, by the clock of the server', { date, 'retry-after': 'Fri, 27 Nov 2026 10:00:07 GMT' }, 7000],
    ['a date that is over', { date, 'retry-after': 'Fri, 27 Nov 2026 09:00:00 GMT' }, 0],
    ['less than nothing', { 'retry-after': '-5' }, 0],
    ['a day', { 'retry-after': '86400' }, 600_000],
    ['a date next year', { date, 'retry-after': 'Sat, 27 Nov 2027 10:00:00 GMT' }, 600_000],
    ['nothing', {}, undefined],
    ['a word', { 'retry-after': 'soon' }, undefined],
    ['no number of this world', { 'retry-after': 'Infinity' }, undefined],
  ])('is what the provider asks for: %s', async (_title, headers, expected) => {
    expect((await failureOf({ status: 429, headers })).nextRetryDelay).toBe(expected);
  });

  test('is capped, and the message says so', async () => {
    expect((await failureOf({ status: 503, headers: { 'retry-after': '86400' } })).message).toMatch(
      / It asks to wait 1440 minutes; it is tried again in 10 minutes\.$/,
    );
  });

  test('is none for what is final', async () => {
    expect((await failureOf({ status: 401, headers: { 'retry-after': '7' } })).nextRetryDelay).toBeUndefined();
  });
});

test.each<[FateId, number, Record<string, string>]>([
  [
    'context-too-long',
    400,
    { message: "This model's maximum context length is 8192 tokens. However, you requested 9000." },
  ],
  [
    'context-too-long',
    400,
    { message: 'the request exceeds the available context size', type: 'exceed_context_size_error' },
  ],
  ['context-too-long', 400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }],
  ['context-too-long', 400, { message: 'The input token count (9000) exceeds the maximum number of tokens allowed' }],
  ['context-too-long', 422, { message: 'Please reduce the length of the messages or completion.' }],
  ['context-too-long', 500, { message: 'Context size has been exceeded.' }],
  [
    'bad-request',
    400,
    { message: 'max_tokens is too large: 99999. This model supports at most 16384 completion tokens' },
  ],
  ['bad-request', 400, { message: 'Unknown parameter: context_length.' }],
  ['bad-request', 451, { message: 'for legal reasons' }],
  ['server-error', 529, { message: 'overloaded' }],
  ['no-credit', 429, { message: 'x', type: 'insufficient_quota' }],
  ['no-credit', 402, { message: 'Insufficient Balance' }],
  ['no-credit', 403, { message: 'x', code: 'billing_not_active' }],
  ['rate-limited', 429, { message: 'You exceeded your current quota, please check your plan and billing details.' }],
  ['prompt-filtered', 400, { message: 'x', code: 'content_policy_violation' }],
])('a provider means %s by %i in other words', async (fate, status, { message = '', ...error }) => {
  expect((await failureOf({ status, error: { message, ...error } })).details).toEqual([{ fate }]);
});

test.each([
  ['{"error":"model \\"fake-1\\" not found"}', 'answered 400: model "fake-1" not found.'],
  ['{"object":"error","message":"no such field","code":400}', 'answered 400: no such field.'],
  ['{"detail":[{"msg":"field required"}]}', 'answered 400: [{"msg":"field required"}].'],
  ['<html>\n\n<b>no</b></html>', 'answered 400: <html> <b>no</b></html>.'],
  ['{}', 'answered 400 without a word.'],
  ['', 'answered 400 without a word.'],
])('what an error says is shown, however it is written: %s', async (body, words) => {
  expect((await failureOf({ odd: { bytes: body, status: 400 } })).message).toContain(words);
});

test('the id of a request that a provider gives is in the message, for its support', async () => {
  const scripted = { status: 500, headers: { 'x-request-id': 'req_123' } };
  expect((await failureOf(scripted)).message).toContain('answered 500: scripted 500 [request req_123]. Look at');
});

describe('a key', () => {
  const apiKey = 'sk-very-secret';
  test('that a server repeats is in no failure', async () => {
    const error = await failureOf({ status: 401, error: { message: `Incorrect API key: ${apiKey}` } }, { apiKey });
    expect(error.message).toContain('Incorrect API key: [the key].');
    expect(JSON.stringify([error, error.cause, error.stack])).not.toContain(apiKey);
  });

  test('leaves no part where a long message is cut', async () => {
    for (let before = 180; before < 520; before += 5) {
      const message = `${'x'.repeat(before)} ${apiKey} and so on, ${'y'.repeat(600)}`;
      for (const odd of [
        { bytes: message, status: 200 },
        { bytes: JSON.stringify({ error: { message } }), status: 400 },
      ])
        expect((await failureOf({ odd }, { apiKey })).message).not.toMatch(/sk-|secret/);
    }
  });

  test.each(['sk-very\nsecret', 'sk-very…secret'])('that no header may hold is in no failure: %j', async (unusable) => {
    const { endpoint, model } = await asking([], { api: 'chat', apiKey: unusable });
    const error: unknown = await endpoint.complete(question()).catch((reason: unknown) => reason);
    expect(fateOf(error)).toBe('key-unusable');
    expect(String((error as Error).stack)).not.toContain('secret');
    expect(model.seen).toEqual([]);
  });

  test.each<[string, (origin: string) => Partial<OpenAiOptions>]>([
    ['a compatible server', () => ({})],
    ['Azure', (origin) => ({ azure: { endpoint: origin } })],
    ['Azure of old', (origin) => ({ azure: { endpoint: origin, apiVersion: '2025-04-01-preview' } })],
  ])('follows no redirect of %s', async (_title, place) => {
    const elsewhere = new FakeOpenAi([]);
    const location = `${await elsewhere.listen()}/responses`;
    const from = new FakeOpenAi([{ status: 308, headers: { location } }]);
    const origin = new URL(await from.listen()).origin;
    onTestFinished(async () => void (await Promise.all([from.close(), elsewhere.close()])));
    const { endpoint } = await asking([], { api: 'responses', baseUrl: `${origin}/v1`, ...place(origin) });
    expect(fateOf(await endpoint.complete(question()).catch((reason: unknown) => reason))).toBe('redirect');
    expect(from.seen).toHaveLength(1);
    expect([elsewhere.seen, elsewhere.complaints]).toEqual([[], []]);
  });

  test('in an address is shown nowhere', async () => {
    const asks = { api: 'chat', baseUrl: 'http://ada:pass-word@127.0.0.1:8080/v1' } as const;
    const { endpoint } = await asking([], asks);
    const error = (await endpoint.complete(question()).catch((reason: unknown) => reason)) as ApplicationFailure;
    expect(error.message).toMatch(/^fake-1 could not be reached at http:\/\/127\.0\.0\.1:8080\/v1\./);
    expect(JSON.stringify([error, error.cause, error.stack])).not.toContain('pass-word');
  });
});

describe('an answer without end', () => {
  test('of any size is not read beyond the cap, and fills no memory', async () => {
    const before = process.memoryUsage();
    const error = await failureOf({ odd: { large: 200_000_000 } });
    const after = process.memoryUsage();
    expect(fateOf(error)).toBe('answer-too-large');
    // What was read is 8 MiB; the rest fills the buffers of two sockets.
    expect(error.sent).toBeLessThan(40_000_000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32_000_000);
  });

  test('that says how large it is, is not read at all', async () => {
    const error = await failureOf({ odd: { large: 200_000_000, sized: true } });
    expect(fateOf(error)).toBe('answer-too-large');
    expect(error.sent).toBeLessThan(32_000_000);
  });

  test('is capped as it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
    expect(bomb.length).toBeLessThan(100_000);
    const error = await failureOf({ odd: { bytes: bomb, headers: { 'content-encoding': 'gzip' } } });
    expect(fateOf(error)).toBe('answer-too-large');
  });

  test.each<[string, Scripted]>([
    ['large', { odd: { large: 20_000_000, status: 500 } }],
    ['slow', { odd: { dripsEveryMs: 20, status: 500 } }],
  ])('does not hide the status of an error: %s', async (_title, scripted) => {
    const error = await failureOf(scripted, { timeoutMs: 300 });
    expect(fateOf(error)).toBe('server-error');
    expect(error.message.length).toBeLessThan(800);
    expect(error.sent).toBeLessThan(20_000_000);
  });

  test('ends when the call is aborted in the middle of it', async () => {
    const { endpoint, model } = await asking([{ odd: { dripsEveryMs: 10 } }], { api: 'chat' });
    const controller = new AbortController();
    const call = endpoint.complete(question({ signal: controller.signal }));
    const outcome = expect(call).rejects.toThrow('Request was aborted.');
    await expect.poll(() => model.seen[0]?.sent() ?? 0).toBeGreaterThan(0);
    controller.abort();
    await outcome;
    await expect.poll(() => model.seen[0]?.aborted).toBe(true);
  });
});

const usage = { input_tokens: 1, output_tokens: 1 };
test.each<[string, ModelApi, unknown]>([
  ['no output', 'responses', { status: 'completed', output: [], usage }],
  ['nothing but reasoning', 'responses', { status: 'completed', output: [{ type: 'reasoning', summary: [] }], usage }],
  ['no choice', 'chat', { choices: [] }],
  ['no content', 'chat', { choices: [{ finish_reason: 'stop', message: { content: null } }] }],
  ['no word of how it ended', 'chat', { choices: [{ message: {} }] }],
])('an answer with %s is an empty text, which a verdict is about', async (_title, api, body) => {
  const { endpoint } = await asking([{ body }], { api });
  expect((await endpoint.complete(question())).text).toBe('');
});

test('reasoning stands before an answer, and is no part of it', async () => {
  const message = { type: 'message', content: [{ type: 'output_text', text: '{"title":"Owls"}' }] };
  const body = { status: 'completed', output: [{ type: 'reasoning', summary: [] }, message], usage };
  const { endpoint } = await asking([{ body }]);
  expect((await endpoint.complete(question())).text).toBe('{"title":"Owls"}');
});

test('UTF-8 is taken as such, whatever the headers say', async () => {
  const body = JSON.stringify({ choices: [{ message: { content: '{"title":"Käuze"}' } }] });
  const odd = { bytes: body, headers: { 'content-type': 'text/html; charset=iso-8859-1' } };
  const { endpoint } = await asking([{ odd }], { api: 'chat' });
  expect((await endpoint.complete(question())).text).toBe('{"title":"Käuze"}');
});

test.each<[string, ModelApi, unknown, FateId, object]>([
  [
    'a failed response',
    'responses',
    { status: 'failed', error: { code: 'server_error', message: 'overloaded' }, output: [], usage },
    'error-in-answer',
    { state: 'settled', booked: 3 },
  ],
  [
    'an error of LM Studio',
    'chat',
    { error: 'Context size has been exceeded.' },
    'context-too-long',
    { state: 'uncertain' },
  ],
  [
    'an end that is none',
    'chat',
    { choices: [{ finish_reason: 'error', message: {} }] },
    'unfinished',
    { state: 'uncertain' },
  ],
])('200 with %s is known and paid for what it is', async (_title, api, body, fate, line) => {
  const bench = await workbench({ script: [{ body }], asks: { api } });
  const key = { stage: 'main#1', attempt: 1, call: 'generate' };
  const call = bench.within(() => meteredCall(bench.deps, bench.run, key, bench.endpoint, question()));
  expect(fateOf(await call.catch((reason: unknown) => reason))).toBe(fate);
  expect(await bench.ledger()).toMatchObject([line]);
});

test('an answer that is no JSON and used every token was cut, though the server does not say so', async () => {
  const cut: Scripted = { text: '{"title": "Ow', usage: { input: 10, output: 100 } };
  expect(fateOf(await failureOf(cut))).toBe('truncated');
});

test('a failure that names no fate has that of its type, and one of another kind has none', () => {
  expect(fateOf(failure('ModelError.RateLimit', 'scripted'))).toBe('rate-limited');
  expect(isFree(failure('ModelError.RateLimit', 'scripted'))).toBe(true);
  expect(isOutage(failure('ModelError.Unavailable', 'scripted'))).toBe(true);
  expect(fateOf(failure('ModelError.Auth', 'scripted', { details: [{ fate: 'of another version' }] }))).toBe(
    'key-refused',
  );
  for (const other of [failure('BudgetExceeded', 'x', { details: [{ fate: 'refusal' }] }), new Error('x'), undefined]) {
    expect([fateOf(other), isOutage(other), isFree(other)]).toEqual([undefined, false, false]);
  }
});

test.each<[string, readonly [string, string?][], FateId]>([
  [
    'refuses on both',
    [
      ['ECONNREFUSED', 'connect'],
      ['ECONNREFUSED', 'connect'],
    ],
    'connection-refused',
  ],
  [
    'answers on neither',
    [
      ['ENETUNREACH', 'connect'],
      ['ETIMEDOUT', 'connect'],
    ],
    'host-unreachable',
  ],
])('a host with two addresses that %s is known by what each of them did', (_title, codes, fate) => {
  const each = codes.map(([code, syscall]) => Object.assign(new Error(`${syscall} ${code}`), { code, syscall }));
  const cause = Object.assign(new AggregateError(each), { code: codes[0]?.[0] });
  expect(classify({ raised: new NoAnswer('unanswered', new TypeError('fetch failed', { cause })) })).toBe(fate);
});

test.each<[string, FateId]>([
  ['ETIMEDOUT', 'connection-reset'],
  ['UND_ERR_CONNECT_TIMEOUT', 'host-unreachable'],
  ['CERT_HAS_EXPIRED', 'certificate-refused'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-refused'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-refused'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls-broken'],
  ['ERR_NOT_KNOWN', 'unforeseen'],
])('%s on the way is %s', (code, fate) => {
  const cause = Object.assign(new Error('words'), { code });
  expect(classify({ raised: new NoAnswer('unanswered', new TypeError('fetch failed', { cause })) })).toBe(fate);
});
