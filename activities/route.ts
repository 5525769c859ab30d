import { failure } from '../contract/failures.ts';
import type { Harness } from '../contract/harness.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { usd } from '../core/money.ts';
import type { Dependencies, Route } from './dependencies.ts';
import { textOf } from './pinned.ts';
import { ruleOf } from './rules.ts';

/** Variables of a routing rule. */
export const ROUTING_VARIABLES = ['input', 'attempt', 'confidence', 'feedback', 'spent'] as const;

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

/** The first routing rule that holds; one that cannot be decided counts as not holding. */
export async function routeOf(
  deps: Dependencies,
  run: PinnedRun,
  harness: Harness,
  bindings: Record<string, unknown>,
): Promise<Route> {
  const ruled = harness.routing.some(({ when }) => when !== undefined);
  const spent = ruled ? usd(await deps.store.ledger.spent(run.runKey)) : 0;
  const rule = harness.routing.find(({ when }) => {
    if (when === undefined) return true;
    const decided = ruleOf(when, ROUTING_VARIABLES)({ ...bindings, spent });
    return 'value' in decided && decided.value;
  });
  const route = rule && deps.routes.get(rule.model);
  if (route !== undefined) return route;
  throw failure(
    'InvalidHarness',
    rule === undefined
      ? `No routing rule of loop ${run.loop} holds. End \`routing\` with one that has no \`when\`.`
      : `Routing of loop ${run.loop} names model route "${rule.model}", which this worker does not have. It has: ${[...deps.routes.keys()].join(', ')}. Declare it under \`models\` in loopwright.yaml.`,
  );
}
