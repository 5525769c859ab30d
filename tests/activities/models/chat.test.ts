import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openAiEndpoint, type OpenAiOptions } from '../../../activities/models/openai.ts';
import { FakeOpenAi, type FakeManner, type Script } from '../../support/fake-openai.ts';
import { question, workbench } from '../workbench.ts';

const asks = { api: 'chat' } as const;

test('Chat Completions are asked with what the Responses API is asked with', async () => {
  const { endpoint, model } = await workbench({
    asks,
    script: [{ json: { title: 'Owls' }, usage: { input: 12, output: 3 } }],
  });
  expect(await endpoint.complete(question())).toEqual({
    text: '{"title":"Owls"}',
    usage: { inputTokens: 12, outputTokens: 3, cachedTokens: 0 },
  });
  expect(model.seen[0]).toMatchObject({
    path: '/v1/chat/completions',
    model: 'fake-1',
    instructions: 'Write a title.',
    input: 'owls',
    strict: true,
  });
});

test('an answer that does not say what it used, or says nonsense, has no usage', async () => {
  const choices = [{ finish_reason: 'stop', message: { content: '{}' } }];
  const { endpoint } = await workbench({
    asks,
    script: [{ json: {}, usage: null }, { body: { choices, usage: { prompt_tokens: -1, completion_tokens: 2 } } }],
  });
  expect((await endpoint.complete(question())).usage).toBeUndefined();
  expect(await endpoint.complete(question())).toEqual({ text: '{}', usage: undefined });
});

test('an answer with no content is an empty one, which a verdict is about, not a failure', async () => {
  const empty = (content?: null) => ({ body: { choices: [{ finish_reason: 'stop', message: { content } }] } });
  const { endpoint } = await workbench({ asks, script: [empty(null), empty(), { text: 'null' }] });
  const texts = [];
  for (let count = 0; count < 3; count += 1) texts.push((await endpoint.complete(question())).text);
  expect(texts).toEqual(['', '', 'null']);
});

test('a code fence around the whole answer is taken off', async () => {
  const { endpoint } = await workbench({ asks, script: [{ text: '```json\n{"title":"Owls"}\n```' }] });
  expect((await endpoint.complete(question())).text).toBe('{"title":"Owls"}');
});

test('a schema with free fields is sent in the form that is not strict', async () => {
  const { endpoint, model } = await workbench({ asks, script: [{ json: {} }] });
  const schema = z.toJSONSchema(z.object({ title: z.string().optional() })) as Record<string, unknown>;
  await endpoint.complete(question({ schema }));
  expect(model.seen[0]).toMatchObject({ strict: false });
});

/** A fake of its own, at an address that a test builds from the fake's origin. */
async function serve(
  options: (origin: string) => Omit<OpenAiOptions, 'model' | 'apiKey'>,
  script: Script,
  manner: FakeManner = {},
) {
  const fake = new FakeOpenAi(script, manner);
  const origin = new URL(await fake.listen()).origin;
  onTestFinished(async () => {
    await fake.close();
    expect(fake.complaints).toEqual([]);
  });
  return { fake, endpoint: openAiEndpoint({ model: 'gpt-5-mini', apiKey: 'secret', ...options(origin) }) };
}

test('a server that is not OpenAI is told the cap as `max_tokens`, the one name that all of them keep to', async () => {
  const { endpoint, fake } = await serve((origin) => ({ baseUrl: `${origin}/v1`, api: 'chat' }), [{ json: {} }]);
  await endpoint.complete(question());
  expect(fake.seen[0]).toMatchObject({ cap: 'max_tokens', key: 'authorization: Bearer secret' });
});

test('a server that wants the other name for the cap gets it, once it has said so, and for good', async () => {
  const { endpoint, fake } = await serve(
    (origin) => ({ baseUrl: `${origin}/v1`, api: 'chat' }),
    [{ json: {} }, { json: {} }],
    { cap: 'max_completion_tokens' },
  );
  expect(await endpoint.complete(question())).toMatchObject({
    askAgain: true,
    usage: { inputTokens: 0, outputTokens: 0 },
  });
  await endpoint.complete(question());
  await endpoint.complete(question());
  expect(fake.seen.map(({ cap }) => cap)).toEqual(['max_completion_tokens', 'max_completion_tokens']);
});

test('a server that knows neither name is a bad request, not an endless question', async () => {
  const fake = new FakeOpenAi([], { unknown: ['max_tokens', 'max_completion_tokens'] });
  onTestFinished(() => fake.close());
  const endpoint = openAiEndpoint({ model: 'gpt-5-mini', apiKey: 'secret', baseUrl: await fake.listen(), api: 'chat' });
  expect(await endpoint.complete(question())).toMatchObject({ askAgain: true });
  await expect(endpoint.complete(question())).rejects.toMatchObject({ type: 'ModelError.BadRequest' });
});

test.each([
  ['', undefined, '/openai/v1/responses'],
  ['/', 'chat', '/openai/v1/chat/completions'],
  ['/openai/v1/', 'chat', '/openai/v1/chat/completions'],
] as const)(
  'Azure at its v1 API (endpoint with %j, api %s) is asked at %s with its own header',
  async (end, api, path) => {
    const { endpoint, fake } = await serve(
      (origin) => ({ azure: { endpoint: `${origin}${end}`, deployment: 'mini-eu' }, ...(api && { api }) }),
      [{ json: { title: 'Owls' } }],
    );
    await endpoint.complete(question());
    expect(endpoint.model).toBe('gpt-5-mini');
    expect(fake.seen[0]).toMatchObject({ path, model: 'mini-eu', key: 'api-key: secret' });
  },
);

test.each([
  ['responses', '/openai/responses?api-version=2025-04-01-preview'],
  ['chat', '/openai/deployments/mini-eu/chat/completions?api-version=2025-04-01-preview'],
] as const)('Azure with a version is asked for %s at %s', async (api, path) => {
  const azure = (origin: string) => ({ endpoint: origin, apiVersion: '2025-04-01-preview', deployment: 'mini-eu' });
  const { endpoint, fake } = await serve((origin) => ({ azure: azure(origin), api }), [{ json: { title: 'Owls' } }]);
  await endpoint.complete(question());
  expect(fake.seen[0]).toMatchObject({ path, model: 'mini-eu', key: 'api-key: secret' });
});

test('Azure is told the cap by the name that its reasoning models know', async () => {
  const { endpoint, fake } = await serve((origin) => ({ azure: { endpoint: origin }, api: 'chat' }), [{ json: {} }]);
  await endpoint.complete(question());
  expect(fake.seen[0]).toMatchObject({ cap: 'max_completion_tokens', model: 'gpt-5-mini' });
});
