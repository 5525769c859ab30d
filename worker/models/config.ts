import { z } from 'zod';
import type { InstallationCaps, Route } from '../../activities/dependencies.ts';
import type { ImproveSettings } from '../../activities/improve/repeats.ts';
import type { SourceSettings } from '../../activities/sources/index.ts';
import { sameModel, type ModelIdentity } from '../../activities/models/same-model.ts';
import { failure } from '../../contract/failures.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import type { PriceTable } from '../../core/prices.ts';
import { readNamedFile } from '../load/named-file.ts';
import { readYaml } from '../load/yaml-file.ts';
import { redactor } from '../redactor.ts';
import { endpointOf, identityOf } from './model-endpoint.ts';
import { fallbackIssues } from './fallbacks.ts';
import { ModelRoute } from './model-route.ts';
import { capsOf, isDated, moneyFields, priceTableOf } from './money-fields.ts';
import { improveFields } from './improve-fields.ts';
import { sourceFields } from './source-fields.ts';

/** File that says which models there are. Its name can be changed with `LOOPWRIGHT_CONFIG`. */
export const CONFIG_FILE = 'loopwright.yaml';

/** `loopwright.yaml`: which models there are, and what they cost. */
export const Config = z
  .strictObject({
    models: z
      .record(z.string(), ModelRoute)
      .default({ default: 'local' })
      .describe('Routes that a harness or a judge names: `local` (the embedded learner), or a model.'),
    ...moneyFields,
    ...sourceFields,
    ...improveFields,
  })
  .check((context) => {
    for (const issue of fallbackIssues(context.value.models)) context.issues.push({ ...issue, input: context.value });
  })
  .refine(isDated, {
    path: ['pricesAsOf'],
    error:
      'Expected the day the prices were looked up, because they change; Add `pricesAsOf: 2026-11-27` with that day',
  });

type Config = z.infer<typeof Config>;

/**
 * Who answers by route name: `local` for the embedded learner, else a model's id. Routes that lead to one model have one
 * id here, whatever they call it. What a harness may route to.
 */
export interface RouteModels extends ReadonlyMap<string, string> {
  /** Which route stands in for which. */
  readonly fallbacks?: ReadonlyMap<string, string>;
}

/** `loopwright.yaml` as it was read, with every mistake in it. No key is needed for that. */
export interface ConfigFile {
  readonly file: string;
  readonly config: Config | undefined;
  /** Its routes, with their models; undefined where the file has mistakes. */
  readonly models: RouteModels | undefined;
  readonly mistakes: readonly Mistake[];
}

/** Reads the file that says which models there are; without the file there is the embedded learner. */
export async function readConfigFile(env: NodeJS.ProcessEnv): Promise<ConfigFile> {
  const read = await readNamedFile(env, 'LOOPWRIGHT_CONFIG', CONFIG_FILE);
  const { file } = read;
  if (read.kind === 'unreadable') return { file, config: undefined, models: undefined, mistakes: [read.mistake] };
  return readText(read.kind === 'read' ? read.text : '', file, env);
}

function readText(text: string, file: string, env: NodeJS.ProcessEnv): ConfigFile {
  const { value, mistakes: found } = readYaml(text, file, Config);
  // A key that stands in the file where it should not is not shown again.
  const hide = redactor(env);
  const mistakes = found.map((one) => ({
    ...one,
    rule: hide(one.rule),
    fix: hide(one.fix),
    ...(one.field === undefined ? {} : { field: hide(one.field) }),
  }));
  return { file, config: value, models: value && routeModels(value, env), mistakes };
}

function routeModels({ models }: Config, env: NodeJS.ProcessEnv): RouteModels {
  const identities = Object.values(models).flatMap((route) => (route === 'local' ? [] : [identityOf(route, env)]));
  const routes = Object.entries(models).map(([name, route]) => {
    const id = route === 'local' ? route : firstOfItsKind(identityOf(route, env), identities);
    return [name, id] as const;
  });
  const fallbacks = Object.entries(models).flatMap(([name, route]): [string, string][] =>
    route === 'local' || route.fallback === undefined ? [] : [[name, route.fallback]],
  );
  return Object.assign(new Map([['local', 'local'], ...routes]), { fallbacks: new Map(fallbacks) });
}

/** The id of the first model that is the same, directly or by way of others. */
function firstOfItsKind(one: ModelIdentity, all: readonly ModelIdentity[]): string {
  const kin = new Set([one]);
  // A set goes on with what is added meanwhile.
  for (const known of kin) for (const other of all) if (sameModel(known, other)) kin.add(other);
  const { model } = all.find((other) => kin.has(other)) ?? one;
  return model === 'local' ? 'local (a model)' : model;
}

/** Which models a worker has, and what they cost. */
export interface ModelConfig {
  readonly models: RouteModels;
  readonly routes: ReadonlyMap<string, Route>;
  readonly prices: PriceTable;
  readonly caps: InstallationCaps;
  readonly sources: SourceSettings;
  /** When loops begin to improve by themselves; undefined: not at all. */
  readonly improve: ImproveSettings | undefined;
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
  const { file, config, models, mistakes } = await readConfigFile(env);
  if (config === undefined || models === undefined)
    throw failure('InvalidHarness', mistakes.map(mistakeLine).join('\n'));
  const routes = Object.entries(config.models).map(([name, route]): [string, Route] => [
    name,
    route === 'local' ? { kind: 'local' } : endpointOf(`${file}: route \`${name}\``, route, env, report),
  ]);
  return {
    models,
    routes: new Map([['local', { kind: 'local' }], ...routes]),
    prices: priceTableOf(config),
    caps: capsOf(config),
    sources: config.sources,
    improve: config.improve,
  };
}
