import { failure } from '../contract/failures.ts';
import type { Harness } from '../contract/harness.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { usd } from '../core/money.ts';
import type { Strategy } from '../core/stage.ts';
import type { Stage } from '../loops/define/index.ts';
import { routesOf } from '../loops/define/verifiers.ts';
import type { Dependencies, Route } from './dependencies.ts';
import { sameModel, type ModelIdentity } from './models/same-model.ts';
import { textOf } from './pinned.ts';
import { ruleOf } from './rules.ts';

/** Variables of a routing rule. */
export const ROUTING_VARIABLES = ['input', 'attempt', 'confidence', 'feedback', 'spent'] as const;

/** A route that may answer an attempt. */
export interface ChosenRoute {
  readonly name: string;
  readonly route: Route;
  /** Its answer counts only where it is at least so sure; else the next route is asked. */
  readonly atLeast?: number;
}

/**
 * The routes that an attempt asks, in order: the first whose rule holds, and where that one has a threshold, the next that
 * holds too. A rule that cannot be decided counts as not holding; a threshold of a stage that the learner cannot answer is
 * passed by. With strategy `route` it is another one than the rules say, where `routing` names another.
 */
export async function routesFor(
  deps: Dependencies,
  run: PinnedRun,
  harness: Harness,
  stage: Stage<unknown, unknown>,
  bindings: Record<string, unknown>,
  strategy?: Strategy,
): Promise<readonly ChosenRoute[]> {
  const chosen = await byRules(deps, run, harness, stage, bindings);
  if (strategy !== 'route') return chosen;
  const last = chosen.at(-1);
  // The learner is told nothing of findings, so it would say the same again.
  const other = routesNamed(deps, harness, stage).find(
    ({ name, route }) => route.kind === 'endpoint' && name !== last?.name,
  );
  return other === undefined ? chosen : [other];
}

async function byRules(
  deps: Dependencies,
  run: PinnedRun,
  harness: Harness,
  stage: Stage<unknown, unknown>,
  bindings: Record<string, unknown>,
): Promise<readonly ChosenRoute[]> {
  const ruled = harness.routing.some(({ when }) => when !== undefined);
  const spent = ruled ? usd(await deps.store.ledger.spent(run.runKey)) : 0;
  const chosen: ChosenRoute[] = [];
  for (const { when, model, atLeast } of harness.routing) {
    if (atLeast !== undefined && !isDecision(stage)) continue;
    if (when !== undefined) {
      const decided = ruleOf(when, ROUTING_VARIABLES)({ ...bindings, spent });
      if (!('value' in decided) || !decided.value) continue;
    }
    chosen.push({ ...namedRoute(deps, run, model), ...(atLeast === undefined ? {} : { atLeast }) });
    if (atLeast === undefined) return chosen;
  }
  throw failure(
    'InvalidHarness',
    `No routing rule of loop ${run.loop} holds. End \`routing\` with one that has no \`when\` and no \`atLeast\`.`,
  );
}

/** The routes that a harness names and that can answer a stage, once each, in its order; none that a judge of the stage asks. */
export function routesNamed(
  deps: Dependencies,
  { routing }: Harness,
  stage: Stage<unknown, unknown>,
): readonly ChosenRoute[] {
  const names = [...new Set(routing.map(({ model }) => model))];
  return names.flatMap((name) => {
    const route = deps.routes.get(name);
    if (route === undefined || !canAnswer(route, stage)) return [];
    return route.kind === 'endpoint' && judgedBy(deps, stage, route.endpoint) ? [] : [{ name, route }];
  });
}

function canAnswer({ kind }: Route, { generate }: Stage<unknown, unknown>): boolean {
  if (kind === 'endpoint') return true;
  return generate.kind === 'model' && (generate.decision !== undefined || generate.keyless !== undefined);
}

function isDecision({ generate }: Stage<unknown, unknown>): boolean {
  return generate.kind === 'model' && generate.decision !== undefined && generate.keyless === undefined;
}

function namedRoute(deps: Dependencies, { loop }: PinnedRun, name: string): ChosenRoute {
  const route = deps.routes.get(name);
  if (route !== undefined) return { name, route };
  throw failure(
    'InvalidHarness',
    `Routing of loop ${loop} names model route "${name}", which this worker does not have. It has: ${[...deps.routes.keys()].join(', ')}. Declare it under \`models\` in loopwright.yaml.`,
  );
}

/** Whether a judge of a stage asks this model too: then it must not make what that judge grades. */
export function judgedBy(deps: Dependencies, { verify }: Stage<unknown, unknown>, model: ModelIdentity): boolean {
  return verify.flatMap(routesOf).some((name) => {
    const route = deps.routes.get(name);
    return route?.kind === 'endpoint' && sameModel(route.endpoint, model);
  });
}

/** The confidence that the attempt before claimed; 0 where there was none. */
export async function confidenceOf(deps: Dependencies, previous: Digest | undefined): Promise<number> {
  if (previous === undefined) return 0;
  try {
    const output = JSON.parse(await textOf(deps, previous, 'The attempt before')) as { confidence?: unknown } | null;
    return typeof output?.confidence === 'number' ? output.confidence : 0;
  } catch {
    return 0;
  }
}
