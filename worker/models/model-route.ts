import { z } from 'zod';

/** What `apiKeyEnv` says where a server needs no key. */
export const NO_KEY = 'none';

// A message here is the rule and, after a semicolon, the fix. What was found is not said: it may be a secret.
const address = z
  .url({
    protocol: /^https?$/,
    error: 'Expected an address that begins with http:// or https://; Write it whole, such as http://127.0.0.1:8080/v1',
  })
  .refine((url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '', {
    error: 'Expected an address without a name or password in it; Name a variable with `apiKeyEnv`',
  });

const azure = z.strictObject({
  endpoint: address.describe('Address of the resource, such as `https://my-resource.openai.azure.com`.'),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, {
      error: 'Expected a version such as 2025-04-01-preview; Leave it out for the v1 API',
    })
    .optional()
    .describe('A dated version, for the deployment addresses of old; without it the v1 API, which needs none.'),
  deployment: z.string().min(1).optional().describe('Name of the deployment; without it, `model`.'),
});

const Endpoint = z
  .strictObject({
    model: z.string().min(1).describe('The model’s id: its identity for prices and for "nothing grades itself".'),
    baseUrl: address
      .refine((url) => !/\/(chat\/completions|responses|completions)\/?$/.test(url), {
        error: "Expected the address before the API's own path; Write it up to and with /v1",
      })
      .optional()
      .describe('Any OpenAI-compatible server, up to and with its `/v1`; without it OpenAI’s own.'),
    azure: azure.optional().describe('A resource of Azure, instead of `baseUrl`.'),
    api: z
      .enum(['responses', 'chat'])
      .optional()
      .describe('Without it: Responses, left by itself for Chat Completions where a server not OpenAI’s own needs it.'),
    fallback: z
      .string()
      .min(1)
      .optional()
      .describe('Route whose model answers where this one’s provider is down; that one may have a `fallback` too.'),
    limits: z
      .strictObject({
        concurrent: z.int().min(1).max(1000).optional().describe('Steps that ask this route at once.'),
        perMinute: z
          .number()
          .min(0.1)
          .max(100_000)
          .optional()
          .describe('Steps that ask this route a minute, by all workers together.'),
      })
      .optional()
      .describe(
        'What the provider lets through: steps wait on a queue of their own, `loops-model-<route>`; what a person waits for goes first.',
      ),
    background: z
      .boolean()
      .optional()
      .describe(
        'Responses go on at the provider, and a call whose worker was killed picks its response up again instead of paying twice; only where the Responses API has a background mode (OpenAI, Azure). The provider keeps such responses for a while.',
      ),
    apiKeyEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
        error:
          'Expected the name of an environment variable, e.g. OPENAI_API_KEY; Put the key into that variable, because the key itself never stands in this file',
      })
      .optional()
      .describe(
        'Name of the environment variable with the key, never the key itself; without it `OPENAI_API_KEY`, for Azure `AZURE_OPENAI_API_KEY`. `none` where the server needs no key.',
      ),
  })
  .refine(({ baseUrl, azure: resource }) => baseUrl === undefined || resource === undefined, {
    path: ['azure'],
    error: 'Expected `baseUrl` or `azure`, got both; Keep one of the two',
  })
  .refine(({ api, background }) => background !== true || api !== 'chat', {
    path: ['background'],
    error: 'Expected no `background` with `api: chat`, which has none; Leave one of the two out',
  });

/** A model of `loopwright.yaml`: the embedded learner, or one behind a server. */
export const ModelRoute = z.union([z.literal('local'), Endpoint], {
  error: 'Expected `local` or the fields of a model; Write { model: <its name> } to name one',
});
export type ModelRoute = z.infer<typeof ModelRoute>;
