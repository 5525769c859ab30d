import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Route } from '../activities/dependencies.ts';
import { openAiEndpoint } from '../activities/models/openai.ts';
import { failure } from '../contract/failures.ts';
import type { Price } from '../core/money.ts';
import { ModelRoute, NO_KEY } from './model-route.ts';

/** File that says which models there are. Its name can be changed with `LOOPWRIGHT_CONFIG`. */
export const CONFIG_FILE = 'loopwright.yaml';

/** Sent where a server needs no key, because clients refuse to send none. */
const PLACEHOLDER_KEY = 'no-key';

const price = z.strictObject({
  /** USD per million input tokens; 0 is allowed, but has to be said. */
  inputUsdPerMillion: z.number().min(0),
  /** USD per million output tokens. */
  outputUsdPerMillion: z.number().min(0),
});

const Config = z.strictObject({
  /** Routes that a harness can name. Without any, `default` is the embedded learner. */
  models: z.record(z.string(), ModelRoute).default({ default: 'local' }),
  prices: z.record(z.string(), price).default({}),
});

/** Which models a worker has, and what they cost. */
export interface ModelConfig {
  readonly routes: ReadonlyMap<string, Route>;
  readonly prices: Readonly<Record<string, Price>>;
}

/**
 * Reads `loopwright.yaml`. Without the file everything runs keyless, on the embedded learner. What an endpoint learns
 * about its server later is told to `report`.
 * @throws `InvalidHarness` naming the file, the field and the fix; also where a key is not in the environment.
 */
export async function readModelConfig(
  env: NodeJS.ProcessEnv,
  report: (text: string) => void = () => {},
): Promise<ModelConfig> {
  const file = env['LOOPWRIGHT_CONFIG'] ?? CONFIG_FILE;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && env['LOOPWRIGHT_CONFIG'] === undefined) return '';
    throw failure('InvalidHarness', `${file} cannot be read: ${error.message}`);
  });
  const parsed = Config.safeParse(yamlOf(text, file) ?? {});
  if (!parsed.success) throw failure('InvalidHarness', `${file}:\n${z.prettifyError(parsed.error)}`);
  const routes = Object.entries(parsed.data.models).map(([name, route]): [string, Route] => [
    name,
    route === 'local' ? { kind: 'local' } : endpointOf(`${file}: route \`${name}\``, route, env, report),
  ]);
  return { routes: new Map([['local', { kind: 'local' }], ...routes]), prices: parsed.data.prices };
}

function endpointOf(
  place: string,
  route: Exclude<ModelRoute, 'local'>,
  env: NodeJS.ProcessEnv,
  report: (text: string) => void,
): Route {
  const { model, api, azure } = route;
  // The variable that OpenAI's own clients read: what it says holds for every route that says nothing else.
  const baseUrl = route.baseUrl ?? (azure === undefined ? env['OPENAI_BASE_URL'] || undefined : undefined);
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) {
    throw failure('InvalidHarness', `${place} takes its address from OPENAI_BASE_URL, which is no URL: "${baseUrl}".`);
  }
  const options = {
    model,
    apiKey: keyOf(place, { ...route, baseUrl }, env),
    report,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(api === undefined ? {} : { api }),
    ...(azure === undefined ? {} : { azure }),
  };
  return { kind: 'endpoint', endpoint: openAiEndpoint(options) };
}

/** The key of a route, from the environment. A server on this machine may do without. */
function keyOf(
  place: string,
  { apiKeyEnv, azure, baseUrl }: Pick<Exclude<ModelRoute, 'local'>, 'apiKeyEnv' | 'azure' | 'baseUrl'>,
  env: NodeJS.ProcessEnv,
): string {
  if (apiKeyEnv === NO_KEY) return PLACEHOLDER_KEY;
  const variable = apiKeyEnv ?? (azure === undefined ? 'OPENAI_API_KEY' : 'AZURE_OPENAI_API_KEY');
  const key = env[variable];
  if (key !== undefined && key !== '') return key;
  if (baseUrl !== undefined && isLoopback(new URL(baseUrl).hostname)) return PLACEHOLDER_KEY;
  throw failure(
    'InvalidHarness',
    `${place} takes its key from ${variable}, which is not set. Set it, or name another variable with \`apiKeyEnv\`, or say \`apiKeyEnv: ${NO_KEY}\` where the server needs no key.`,
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function yamlOf(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw failure('InvalidHarness', `${file}: ${(error as Error).message}`);
  }
}
