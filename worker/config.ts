import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Route } from '../activities/dependencies.ts';
import { openAiEndpoint } from '../activities/models/openai.ts';
import { failure } from '../contract/failures.ts';
import type { Price } from '../core/money.ts';

/** File that says which models there are. Its name can be changed with `LOOPWRIGHT_CONFIG`. */
export const CONFIG_FILE = 'loopwright.yaml';

const price = z.strictObject({
  /** USD per million input tokens; 0 is allowed, but has to be said. */
  inputUsdPerMillion: z.number().min(0),
  /** USD per million output tokens. */
  outputUsdPerMillion: z.number().min(0),
});

const Config = z.strictObject({
  /** Routes that a harness can name. Without any, `default` is the embedded learner. */
  models: z
    .record(
      z.string(),
      z.union([
        z.literal('local'),
        z.strictObject({
          model: z.string().min(1),
          /** Any OpenAI-compatible server; default OpenAI's own. */
          baseUrl: z.url().optional(),
          /** Name of the environment variable with the key; never the key itself. */
          apiKeyEnv: z.string().default('OPENAI_API_KEY'),
        }),
      ]),
    )
    .default({ default: 'local' }),
  prices: z.record(z.string(), price).default({}),
});

/** Which models a worker has, and what they cost. */
export interface ModelConfig {
  readonly routes: ReadonlyMap<string, Route>;
  readonly prices: Readonly<Record<string, Price>>;
}

/**
 * Reads `loopwright.yaml`. Without the file everything runs keyless, on the embedded learner.
 * @throws `InvalidHarness` naming the file, the field and the fix; also where a key is not in the environment.
 */
export async function readModelConfig(env: NodeJS.ProcessEnv): Promise<ModelConfig> {
  const file = env['LOOPWRIGHT_CONFIG'] ?? CONFIG_FILE;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && env['LOOPWRIGHT_CONFIG'] === undefined) return '';
    throw failure('InvalidHarness', `${file} cannot be read: ${error.message}`);
  });
  const parsed = Config.safeParse(yamlOf(text, file) ?? {});
  if (!parsed.success) throw failure('InvalidHarness', `${file}:\n${z.prettifyError(parsed.error)}`);
  const routes = Object.entries(parsed.data.models).map(([name, route]): [string, Route] => {
    if (route === 'local') return [name, { kind: 'local' }];
    const apiKey = env[route.apiKeyEnv];
    if (apiKey === undefined || apiKey === '') {
      throw failure(
        'InvalidHarness',
        `${file}: route \`${name}\` takes its key from ${route.apiKeyEnv}, which is not set. Set it, or name another variable with \`apiKeyEnv\`.`,
      );
    }
    const { model, baseUrl } = route;
    return [
      name,
      { kind: 'endpoint', endpoint: openAiEndpoint({ model, apiKey, ...(baseUrl === undefined ? {} : { baseUrl }) }) },
    ];
  });
  return { routes: new Map([['local', { kind: 'local' }], ...routes]), prices: parsed.data.prices };
}

function yamlOf(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw failure('InvalidHarness', `${file}: ${(error as Error).message}`);
  }
}
