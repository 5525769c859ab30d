import { z } from 'zod';

/** What `apiKeyEnv` says where a server needs no key. */
export const NO_KEY = 'none';

const address = z
  .url({ protocol: /^https?$/, error: 'Expected an address that begins with http:// or https://' })
  .refine((url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '', {
    error: 'Expected an address without a name or password in it; name a variable with `apiKeyEnv`',
  });

/** Says which fields there are, where one is none of them. */
const fields = (thing: string, ...names: readonly string[]): { error: z.core.$ZodErrorMap } => ({
  error: ({ code, keys }) =>
    code === 'unrecognized_keys'
      ? `Unknown field ${(keys as string[]).map((key) => `"${key}"`).join(', ')}: ${thing} has ${names.join(', ')}`
      : undefined,
});

const azure = z.strictObject(
  {
    /** Address of the resource, e.g. `https://my-resource.openai.azure.com`. */
    endpoint: address,
    /** A dated version, for the deployment addresses of old; default: the v1 API, which needs none. */
    apiVersion: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, {
        error: 'Expected a version such as 2025-04-01-preview; leave it out for the v1 API',
      })
      .optional(),
    /** Name of the deployment; default: `model`. */
    deployment: z.string().min(1).optional(),
  },
  fields('azure', 'endpoint', 'apiVersion', 'deployment'),
);

const Endpoint = z
  .strictObject(
    {
      /** The model's id: its identity for prices and for "nothing grades itself". */
      model: z.string().min(1),
      /** Any OpenAI-compatible server, up to and with its `/v1`; default OpenAI's own. */
      baseUrl: address
        .refine((url) => !/\/(chat\/completions|responses|completions)\/?$/.test(url), {
          error: "Expected the address before the API's own path, e.g. http://127.0.0.1:8080/v1",
        })
        .optional(),
      /** A resource of Azure, instead of `baseUrl`. */
      azure: azure.optional(),
      /** `responses` or `chat`; default: Responses, left by itself for Chat Completions where a server not OpenAI's own needs it. */
      api: z.enum(['responses', 'chat']).optional(),
      /** Name of the environment variable with the key, never the key itself; default `OPENAI_API_KEY`, for Azure `AZURE_OPENAI_API_KEY`. */
      apiKeyEnv: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
          error:
            'Expected the name of an environment variable, e.g. OPENAI_API_KEY; the key itself never stands in this file',
        })
        .optional(),
    },
    fields('a model', 'model', 'baseUrl', 'azure', 'api', 'apiKeyEnv'),
  )
  .refine(({ baseUrl, azure: resource }) => baseUrl === undefined || resource === undefined, {
    path: ['azure'],
    error: 'Expected `baseUrl` or `azure`, got both',
  });

/** A model of `loopwright.yaml`: the embedded learner, or one behind a server. */
export const ModelRoute = z.unknown().transform((value, context): 'local' | z.infer<typeof Endpoint> => {
  if (value === 'local') return value;
  if (typeof value === 'string') {
    context.addIssue(`Expected \`local\` or { model: … }, got "${value}"; a model is named with { model: "${value}" }`);
    return z.NEVER;
  }
  // One branch at a time, because a union of both says no more than "invalid".
  const parsed = Endpoint.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});
export type ModelRoute = z.infer<typeof ModelRoute>;
