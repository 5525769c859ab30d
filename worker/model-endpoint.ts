import type { Route } from '../activities/dependencies.ts';
import { openAiEndpoint } from '../activities/models/openai.ts';
import { failure } from '../contract/failures.ts';
import { NO_KEY, type ModelRoute } from './model-route.ts';

/** Sent where a server needs no key, because clients refuse to send none. */
const PLACEHOLDER_KEY = 'no-key';

/** The endpoint of a route; `place` is what messages call it. @throws `InvalidHarness` where its key is not in the environment. */
export function endpointOf(
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
