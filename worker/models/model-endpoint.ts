import type { Route } from '../../activities/dependencies.ts';
import { isLoopback } from '../../activities/models/loopback.ts';
import { openAiEndpoint } from '../../activities/models/openai.ts';
import { servedAs, type ModelIdentity } from '../../activities/models/same-model.ts';
import type { ServerOptions } from '../../activities/models/openai-client.ts';
import { failure } from '../../contract/failures.ts';
import { NO_KEY, type ModelRoute } from './model-route.ts';

/** Sent where a server needs no key, because clients refuse to send none. */
const PLACEHOLDER_KEY = 'no-key';

/** A route that leads to a server. */
export type EndpointRoute = Exclude<ModelRoute, 'local'>;

/** The key of a route. A server on this machine may do without. */
export type RouteKey =
  | { readonly kind: 'set' | 'missing'; readonly variable: string; readonly value: string }
  | { readonly kind: 'unneeded'; readonly value: string };

/** The endpoint of a route; `place` is what messages call it. @throws `InvalidHarness` where its key is not in the environment. */
export function endpointOf(
  place: string,
  route: EndpointRoute,
  env: NodeJS.ProcessEnv,
  report: (text: string) => void,
): Route {
  const baseUrl = baseUrlOf(route, env);
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) {
    throw failure('InvalidHarness', `${place} takes its address from OPENAI_BASE_URL, which is no URL: "${baseUrl}".`);
  }
  const key = keyOf(route, env);
  if (key.kind === 'missing') {
    throw failure(
      'InvalidHarness',
      `${place} takes its key from ${key.variable}, which is not set. Set it, or name another variable with \`apiKeyEnv\`, or say \`apiKeyEnv: ${NO_KEY}\` where the server needs no key.`,
    );
  }
  const { api, background } = route;
  const options = {
    ...serverOf(route, env),
    report,
    ...(api === undefined ? {} : { api }),
    ...(background === undefined ? {} : { background }),
  };
  return { kind: 'endpoint', endpoint: openAiEndpoint(options), fallback: route.fallback, limits: route.limits };
}

/** Where a route's model is, and with which key it is asked. */
export function serverOf(route: EndpointRoute, env: NodeJS.ProcessEnv): ServerOptions {
  const { model, azure } = route;
  const baseUrl = baseUrlOf(route, env);
  return {
    model,
    apiKey: keyOf(route, env).value,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(azure === undefined ? {} : { azure }),
  };
}

/** What tells whether the models of two routes are one. */
export function identityOf(route: EndpointRoute, env: NodeJS.ProcessEnv): ModelIdentity {
  const { model, azure } = route;
  const baseUrl = baseUrlOf(route, env);
  return {
    model,
    served: servedAs({
      model,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(azure === undefined ? {} : { azure }),
    }),
  };
}

/** The variable that OpenAI's own clients read holds for every route that says nothing else. */
export function baseUrlOf({ baseUrl, azure }: EndpointRoute, env: NodeJS.ProcessEnv): string | undefined {
  return baseUrl ?? (azure === undefined ? env['OPENAI_BASE_URL'] || undefined : undefined);
}

/** The key of a route, from the environment. */
export function keyOf(route: EndpointRoute, env: NodeJS.ProcessEnv): RouteKey {
  const { apiKeyEnv, azure } = route;
  if (apiKeyEnv === NO_KEY) return { kind: 'unneeded', value: PLACEHOLDER_KEY };
  const variable = apiKeyEnv ?? (azure === undefined ? 'OPENAI_API_KEY' : 'AZURE_OPENAI_API_KEY');
  const value = env[variable] ?? '';
  if (value !== '') return { kind: 'set', variable, value };
  const baseUrl = baseUrlOf(route, env);
  const here = baseUrl !== undefined && URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname);
  return here ? { kind: 'unneeded', value: PLACEHOLDER_KEY } : { kind: 'missing', variable, value: '' };
}
