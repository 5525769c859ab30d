import { expect, test } from 'vitest';
import { sameModel, servedAs } from '../../../activities/models/same-model.ts';

type Route = Parameters<typeof servedAs>[0];

const identity = (route: Route) => ({ model: route.model, served: servedAs(route) });
const ollama = 'http://127.0.0.1:11434/v1';
const azure = (model: string, deployment?: string, endpoint = 'https://mine.openai.azure.com') => ({
  model,
  azure: { endpoint, ...(deployment === undefined ? {} : { deployment }) },
});

test.each<[string, Route, Route]>([
  ['one id', { model: 'gpt-5' }, { model: 'gpt-5' }],
  [
    'one id at two servers',
    { model: 'llama3.2', baseUrl: ollama },
    { model: 'llama3.2', baseUrl: 'http://gpu:11434/v1' },
  ],
  [
    'the tag that Ollama takes anyway',
    { model: 'llama3.2', baseUrl: ollama },
    { model: 'llama3.2:latest', baseUrl: ollama },
  ],
  ['another case', { model: 'Llama3.2', baseUrl: ollama }, { model: 'llama3.2', baseUrl: ollama }],
  ['two labels of one deployment', azure('gpt-a', 'mini-eu'), azure('gpt-b', 'mini-eu')],
  ['a label and the deployment that it is by default', azure('mini-eu'), azure('gpt-b', 'mini-eu')],
  ['one label of two deployments', azure('gpt-a', 'one'), azure('gpt-a', 'two')],
  [
    'a resource, and one of its addresses',
    azure('a', 'd'),
    azure('b', 'd', 'https://MINE.openai.azure.com/openai/v1/'),
  ],
  [
    'a deployment through the address of its v1 API',
    azure('gpt-a', 'mini-eu'),
    { model: 'mini-eu', baseUrl: 'https://mine.openai.azure.com/openai/v1' },
  ],
  [
    'names of this machine',
    { model: 'a', azure: { endpoint: 'http://localhost:9', deployment: 'd' } },
    { model: 'd', baseUrl: 'http://127.0.0.1:9/v1' },
  ],
])('one model: %s', (_what, one, other) => {
  expect(sameModel(identity(one), identity(other))).toBe(true);
  expect(sameModel(identity(other), identity(one))).toBe(true);
});

test.each<[string, Route, Route]>([
  ['two ids', { model: 'gpt-5' }, { model: 'gpt-5-mini' }],
  ['two tags', { model: 'llama3.2:1b', baseUrl: ollama }, { model: 'llama3.2', baseUrl: ollama }],
  ['two deployments', azure('gpt-a', 'one'), azure('gpt-b', 'two')],
  [
    'one name of deployment at two resources',
    azure('gpt-a', 'd'),
    azure('gpt-b', 'd', 'https://other.openai.azure.com'),
  ],
])('two models: %s', (_what, one, other) => {
  expect(sameModel(identity(one), identity(other))).toBe(false);
});
