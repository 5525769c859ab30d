import { modelServer, type ModelServer } from '../../activities/models/openai-client.ts';
import { plainLine } from '../../core/plain-text.ts';
import { baseUrlOf, keyOf, serverOf, type EndpointRoute } from '../models/model-endpoint.ts';
import { NO_KEY } from '../models/model-route.ts';
import { ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';
import { once } from '../once.ts';
import type { DateSeen } from './clock.ts';
import type { LoopwrightConfig as Config } from './config-file.ts';
import { askEndpoint, LONGEST_LIST, type EndpointAnswer } from './endpoint.ts';

/** Checks of the model routes, and the clocks of the servers that answered. */
export interface ModelChecks {
  readonly checks: readonly Check[];
  readonly dates: () => Promise<readonly DateSeen[]>;
}

/** For each route: its key, its server and its price. */
export function modelChecks(settings: DoctorSettings, file: string, { models, prices }: Config): ModelChecks {
  const routes = Object.entries(models).flatMap(([name, route]) =>
    route === 'local' ? [] : [{ name, route, ask: asking(settings, route) }],
  );
  const checks = routes.flatMap(({ name, route, ask }): Check[] => [
    { name: `key of \`${name}\``, run: async () => key(settings.env, route) },
    { name: `model of \`${name}\``, run: async () => endpoint(await ask(), route) },
    { name: `price of \`${name}\``, run: async () => price(file, prices, route.model) },
  ]);
  return {
    checks,
    dates: async () => {
      const asked = await Promise.all(routes.map(({ ask }) => ask()));
      return asked.flatMap((one) =>
        one.kind === 'asked' && one.answer.kind === 'answered' && one.answer.clock !== undefined
          ? [{ of: new URL(one.server.baseUrl).host, ...one.answer.clock }]
          : [],
      );
    },
  };
}

/** What came of a route's server. */
type Asked =
  | { readonly kind: 'asked'; readonly server: ModelServer; readonly answer: EndpointAnswer }
  | { readonly kind: 'noKey'; readonly variable: string }
  | { readonly kind: 'noAddress'; readonly baseUrl: string };

/** Asks once, and not at all without a key. */
function asking({ env, timeoutMs, now }: DoctorSettings, route: EndpointRoute): () => Promise<Asked> {
  return once(async () => {
    const routeKey = keyOf(route, env);
    if (routeKey.kind === 'missing') return { kind: 'noKey', variable: routeKey.variable };
    const baseUrl = baseUrlOf(route, env);
    if (baseUrl !== undefined && !URL.canParse(baseUrl)) return { kind: 'noAddress', baseUrl };
    const server = modelServer({ ...serverOf(route, env), answers: { answerBytes: LONGEST_LIST } });
    return { kind: 'asked', server, answer: await askEndpoint(server, { timeoutMs, now }) };
  });
}

function key(env: NodeJS.ProcessEnv, route: EndpointRoute): Finding {
  const found = keyOf(route, env);
  if (found.kind === 'unneeded') return ok('this server needs none');
  const { variable, value } = found;
  if (found.kind === 'missing') {
    return {
      kind: 'fail',
      saw: `${variable} is not set, so no worker starts`,
      fix: `export ${variable}=… in the shell that starts Loopwright, name another variable with \`apiKeyEnv\`, or say \`apiKeyEnv: ${NO_KEY}\` where the server needs no key`,
      command: `export ${variable}=…`,
    };
  }
  if (value.trim() === value) return ok(`${variable} is set`);
  return {
    kind: 'fail',
    saw: `${variable} begins or ends with white space, which servers refuse`,
    fix: `set ${variable} again without it`,
  };
}

function endpoint(asked: Asked, { model }: EndpointRoute): Finding {
  if (asked.kind === 'noKey') return skipped(`its server was not asked: ${asked.variable} is not set`);
  if (asked.kind === 'noAddress') {
    const saw = `OPENAI_BASE_URL is no URL: "${asked.baseUrl}"`;
    return { kind: 'fail', saw, fix: 'correct or unset OPENAI_BASE_URL' };
  }
  const { server, answer } = asked;
  const { baseUrl: url } = server;
  if (answer.kind === 'unreachable') {
    return {
      kind: 'fail',
      saw: `${url}: ${answer.reason}`,
      fix: 'start that server, or correct its address in loopwright.yaml; behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1',
    };
  }
  if (answer.models !== undefined) return listed(server, model, answer.models);
  return unlisted(url, model, answer.status);
}

/** What an answer means that is no list of models. */
function unlisted(url: string, model: string, status: number): Finding {
  const unconfirmed = `so ${model} is not confirmed`;
  switch (status) {
    case 401:
    case 403:
      return {
        kind: 'fail',
        saw: `${url} refuses the key (HTTP ${status})`,
        fix: 'put a key of this server into the variable that `apiKeyEnv` names, or correct the address',
      };
    case 404:
    case 405:
      return {
        kind: 'warn',
        saw: `${url} answers, but offers no list of models (HTTP ${status}), ${unconfirmed}`,
        fix: 'nothing where this server has no such list; else correct the address, which mostly ends with /v1',
      };
    case 429:
      return {
        kind: 'warn',
        saw: `${url} answers: too many requests just now (HTTP 429), ${unconfirmed}`,
        fix: 'wait, or raise the quota',
      };
  }
  if (status >= 400)
    return { kind: 'fail', saw: `${url} fails (HTTP ${status})`, fix: 'look at that server, or use another address' };
  if (status >= 300) {
    return {
      kind: 'fail',
      saw: `${url} sends to another address (HTTP ${status}), which is never followed, because the key would go along`,
      fix: 'name that address itself in loopwright.yaml, if you trust it',
    };
  }
  return {
    kind: 'warn',
    saw: `${url} answers, but /models is no list of models, ${unconfirmed}`,
    fix: 'correct the address, which mostly ends with /v1',
  };
}

function listed({ baseUrl: url, kind }: ModelServer, model: string, models: readonly string[]): Finding {
  // Azure lists what could be deployed, not what is.
  if (kind === 'azure') return ok(`${url} takes the key`);
  // Ollama lists `llama3.2:latest` and answers to `llama3.2`.
  if (models.some((id) => id === model || id === `${model}:latest`)) return ok(`${url} has ${model}`);
  const shown =
    models
      .slice(0, 8)
      .map((id) => plainLine(id, 100))
      .join(', ') || 'none';
  return {
    kind: 'warn',
    saw: `${url} answers, but does not list ${model}`,
    fix: `correct \`model\`; it lists ${shown}${models.length > 8 ? ` and ${models.length - 8} more` : ''} (some servers answer to names that they do not list)`,
  };
}

function price(file: string, prices: Config['prices'], model: string): Finding {
  const declared = prices[model];
  if (declared !== undefined)
    return ok(
      `${model}: ${declared.inputUsdPerMillion} / ${declared.outputUsdPerMillion} USD per million tokens in / out`,
    );
  const under = Object.keys(prices).length > 0 ? `under \`prices:\` in ${file}` : `to ${file}`;
  const heading = Object.keys(prices).length > 0 ? [] : ['prices:'];
  return {
    kind: 'fail',
    saw: `${model} has no declared price, so no budget can hold and no call is made`,
    fix: [
      `add ${under}, with the provider's prices in place of 0 (0 stays for a server of your own):`,
      ...heading,
      `  ${yamlKey(model)}: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 }`,
    ].join('\n'),
  };
}

function yamlKey(model: string): string {
  return /^[A-Za-z][\w.-]*$/.test(model) ? model : JSON.stringify(model);
}
