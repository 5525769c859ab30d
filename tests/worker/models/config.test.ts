import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readModelConfig } from '../../../worker/models/config.ts';
import { FakeOpenAi, FREE_TEXT, type FakeManner, type Script } from '../../support/fake-openai.ts';
import { question } from '../../activities/workbench.ts';

/** Reads a configuration with this in its file. */
async function read(yaml: string, env: Record<string, string> = {}, report?: (text: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'loopwright.yaml');
  await writeFile(file, yaml);
  return await readModelConfig({ LOOPWRIGHT_CONFIG: file, ...env }, report);
}

/** What the reading says of one model with these fields. */
async function refusalOf(fields: string, env: Record<string, string> = {}): Promise<string> {
  return await read(`models: { default: ${fields} }`, env).then(
    () => expect.unreachable('the file should have been refused'),
    (error: unknown) => (error as Error).message,
  );
}

describe('a model is refused, with the field and the fix,', () => {
  test.each([
    ['for an unknown field', '{ model: x, modle: y }', /unknown field `modle`. Fix: Did you mean `model`/],
    [
      'for an unknown field of Azure',
      '{ model: x, azure: { endpoint: "https://a", version: 3 } }',
      /`models\.default\.azure\.version`: unknown field `version`. Fix: Did you mean `apiVersion`/,
    ],
    [
      'for a bare name',
      'gpt-5-mini',
      /`models\.default`: expected `local` or the fields of a model. Fix: Write \{ model: <its name> \}/,
    ],
    [
      'for an address without http',
      '{ model: x, baseUrl: "localhost:11434/v1" }',
      /`models\.default\.baseUrl`: expected an address that begins with http:\/\/ or https:\/\//,
    ],
    [
      "for an address with the API's own path",
      '{ model: x, baseUrl: "http://a/v1/chat/completions" }',
      /before the API's own path/,
    ],
    [
      'for an address with a password',
      '{ model: x, baseUrl: "http://me:secret@a/v1" }',
      /without a name or password in it/,
    ],
    ['for a key in the file', '{ model: x, apiKeyEnv: sk-proj-123 }', /the key itself never stands in this file/],
    [
      'for two addresses',
      '{ model: x, baseUrl: "http://a/v1", azure: { endpoint: "https://a" } }',
      /expected `baseUrl` or `azure`, got both. Fix: Keep one/,
    ],
    ['for an API that is none', '{ model: x, api: completions }', /expected one of responses, chat/],
    ['for background through chat', '{ model: x, api: chat, background: true }', /no `background` with `api: chat`/],
    [
      'for a stand-in that is not there',
      '{ model: x, fallback: spare }',
      /`models\.default\.fallback`: expected a route that is declared, got "spare"\. Fix: Declare another model/,
    ],
    ['for the learner as a stand-in', '{ model: x, fallback: local }', /got the embedded learner/],
    ['for a stand-in of itself', '{ model: x, fallback: default }', /no circle, got default → default/],
    ['for a limit of nothing', '{ model: x, limits: { concurrent: 0 } }', /expected an integer from 1 to 1000, got 0/],
    [
      'for a version of Azure that is none',
      '{ model: x, azure: { endpoint: "https://a", apiVersion: v1 } }',
      /Leave it out for the v1 API/,
    ],
  ])('%s', async (_why, fields, expected) => {
    const message = await refusalOf(fields);
    expect(message).toMatch(expected);
    expect(message).not.toMatch(/sk-proj-123|secret@/);
  });

  test.each([
    ['{ model: x }', 'OPENAI_API_KEY'],
    ['{ model: x, baseUrl: "http://gpu-box:8000/v1", apiKeyEnv: VLLM_KEY }', 'VLLM_KEY'],
    ['{ model: x, azure: { endpoint: "https://a.openai.azure.com" } }', 'AZURE_OPENAI_API_KEY'],
  ])('when its key is not in the environment: %s', async (fields, variable) => {
    expect(await refusalOf(fields)).toMatch(
      new RegExp(`route \`default\` takes its key from ${variable}, which is not set\\. .*apiKeyEnv: none`),
    );
  });

  test('when OPENAI_BASE_URL is no URL', async () => {
    const env = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'here' };
    expect(await refusalOf('{ model: x }', env)).toMatch(/OPENAI_BASE_URL, which is no URL: "here"/);
  });
});

/** Asks the default route of a configuration once; `{url}` in the file is a fake server's origin. */
async function ask(fields: string, env: Record<string, string>, script: Script, manner?: FakeManner) {
  const fake = new FakeOpenAi(script, manner);
  const { origin } = new URL(await fake.listen());
  onTestFinished(() => fake.close());
  const told: string[] = [];
  const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('{url}', origin)]));
  const { routes } = await read(`models: { default: ${fields.replace('{url}', origin)} }`, filled, (text) =>
    told.push(text),
  );
  const route = routes.get('default');
  if (route?.kind !== 'endpoint') return expect.unreachable('the default route should lead to an endpoint');
  const reply = await route.endpoint.complete(question());
  return { fake, told, reply };
}

const good = { json: { title: 'Owls' } } as const;

describe('a model is asked', () => {
  test.each<[string, string, Record<string, string>, string]>([
    ['with the key of OPENAI_API_KEY', '{ model: x, baseUrl: "{url}/v1" }', { OPENAI_API_KEY: 'k1' }, 'Bearer k1'],
    [
      'with the key of a variable of its own',
      '{ model: x, baseUrl: "{url}/v1", apiKeyEnv: MINE }',
      { MINE: 'k2', OPENAI_API_KEY: 'k1' },
      'Bearer k2',
    ],
    ['without a key on this machine', '{ model: x, baseUrl: "{url}/v1" }', {}, 'Bearer no-key'],
    [
      'without a key where it says so, whatever is set',
      '{ model: x, baseUrl: "{url}/v1", apiKeyEnv: none }',
      { OPENAI_API_KEY: 'k1' },
      'Bearer no-key',
    ],
    [
      'at OPENAI_BASE_URL where it names no address',
      '{ model: x }',
      { OPENAI_BASE_URL: '{url}/v1', OPENAI_API_KEY: 'k1' },
      'Bearer k1',
    ],
  ])('%s', async (_how, fields, env, key) => {
    const { fake, reply } = await ask(fields, env, [good]);
    expect(reply.text).toBe('{"title":"Owls"}');
    expect(fake.seen[0]).toMatchObject({ key: `authorization: ${key}`, path: '/v1/responses' });
  });

  test('at Azure by its own name there, and is known by its model', async () => {
    const fields = '{ model: gpt-5-mini, azure: { endpoint: "{url}", deployment: mini-eu } }';
    const { fake } = await ask(fields, { AZURE_OPENAI_API_KEY: 'k3' }, [good]);
    expect(fake.seen[0]).toMatchObject({ key: 'api-key: k3', model: 'mini-eu', path: '/openai/v1/responses' });
  });

  test('through the API that it names', async () => {
    const { fake } = await ask('{ model: x, baseUrl: "{url}/v1", api: chat }', {}, [good]);
    expect(fake.seen[0]).toMatchObject({ path: '/v1/chat/completions' });
  });

  test('and may move where it names no API, saying so', async () => {
    const { told, reply } = await ask('{ model: x, baseUrl: "{url}/v1" }', {}, [], { responses: 'ignoresFormat' });
    expect(reply).toMatchObject({ askAgain: true });
    expect(told).toEqual([expect.stringContaining('through Chat Completions from now on')]);
  });

  test('and stays where it names one', async () => {
    const fields = '{ model: x, baseUrl: "{url}/v1", api: responses }';
    const { told, reply } = await ask(fields, {}, [], { responses: 'ignoresFormat' });
    expect(reply.text).toBe(FREE_TEXT);
    expect(told).toEqual([]);
  });
});

describe('routes that lead to one model', () => {
  const keys = { OPENAI_API_KEY: 'k', AZURE_OPENAI_API_KEY: 'k' };
  const modelsOf = async (yaml: string, env = {}) => Object.fromEntries((await read(yaml, { ...keys, ...env })).models);

  test('have one id: by tag, by deployment, and by way of a third', async () => {
    const azure = (deployment: string) =>
      `azure: { endpoint: "https://mine.openai.azure.com", deployment: ${deployment} }`;
    expect(
      await modelsOf(`models:
  default: { model: llama3.2, baseUrl: "http://127.0.0.1:11434/v1" }
  judge: { model: "llama3.2:latest", baseUrl: "http://localhost:11434/v1" }
  mini: { model: gpt-a, ${azure('one')} }
  other: { model: gpt-b, ${azure('two')} }
  both: { model: gpt-b, ${azure('one')} }
`),
    ).toEqual({ local: 'local', default: 'llama3.2', judge: 'llama3.2', mini: 'gpt-a', other: 'gpt-a', both: 'gpt-a' });
  });

  test('may take their address from the environment', async () => {
    const yaml = `models:
  default: { model: gpt-a, azure: { endpoint: "https://mine.openai.azure.com", deployment: one } }
  judge: { model: one }
`;
    expect(await modelsOf(yaml)).toMatchObject({ default: 'gpt-a', judge: 'one' });
    const env = { OPENAI_BASE_URL: 'https://mine.openai.azure.com/openai/v1' };
    expect(await modelsOf(yaml, env)).toMatchObject({ default: 'gpt-a', judge: 'gpt-a' });
  });

  test('are not the embedded learner, whatever the model is called', async () => {
    const yaml = 'models: { default: { model: local, baseUrl: "http://127.0.0.1:8080/v1" } }';
    expect(await modelsOf(yaml)).toEqual({ local: 'local', default: 'local (a model)' });
  });
});

describe('the how-to', async () => {
  const guide = await readFile(new URL('../../../docs/how-to/use-your-model.md', import.meta.url), 'utf8');
  const snippets = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => yaml ?? '');

  test.each(snippets.map((yaml, at) => [at + 1, yaml] as const))('has a snippet %i that works', async (_at, yaml) => {
    const keys = { OPENAI_API_KEY: 'k', JUDGE_KEY: 'k', VLLM_KEY: 'k', AZURE_OPENAI_API_KEY: 'k' };
    const { routes, prices } = await read(yaml, keys);
    const models = [...routes.values()].flatMap((route) => (route.kind === 'endpoint' ? [route.endpoint.model] : []));
    expect(models.toSorted()).toEqual(Object.keys(prices.models).toSorted());
  });
});

test.each([
  [
    'without a date',
    'prices: { m: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } }',
    /`pricesAsOf`: expected the day the prices were looked up/,
  ],
  ['with a date that is none', 'pricesAsOf: yesterday', /`pricesAsOf`: expected a day/],
  ['that count for no time at all', 'pricesStaleAfter: soon', /expected a duration from a second to ten years/],
])('prices %s are refused', async (_how, yaml, expected) => {
  await expect(read(yaml)).rejects.toThrow(expected);
});

test('prices of nothing need no date, and caps are in micro-USD', async () => {
  const { prices, caps } = await read(
    'prices: { m: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } }\nbudgets: { usdPerDay: 1.5, tenants: { acme: 0.25 } }',
  );
  expect(prices).toEqual({ models: { m: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } } });
  expect(caps).toEqual({ perDayMicroUsd: 1_500_000, tenants: { acme: 250_000 } });
});

test('a key that stands where a price or a name should is not shown again', async () => {
  const key = 'sk-abcdefghijklmnop1234';
  for (const yaml of [`prices: { m1: ${key} }`, `models: { ${key}: 7 }`, `prices: { m1: *${key} }`]) {
    const why = await read(yaml).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
    expect(why).toContain('sk-…');
    expect(why).not.toContain(key);
  }
});
