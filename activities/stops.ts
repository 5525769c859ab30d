import type { Harness } from '../contract/harness.ts';
import type { StopPlan } from '../contract/run.ts';
import { microUsd } from '../core/money.ts';
import type { Strategy } from '../core/stage.ts';
import type { Stage } from '../loops/define/index.ts';
import type { Dependencies, LoopEntry } from './dependencies.ts';
import { routesNamed } from './route.ts';

/** So many of a loop's newest attempts say how often the next one passes. */
const HISTORY_ATTEMPTS = 500;

/** What each stage may try before it stops, and what its loop's history says where a result has a worth. */
export async function stopsOf(
  deps: Dependencies,
  { loop }: LoopEntry,
  harness: Harness,
): Promise<Readonly<Record<string, StopPlan>>> {
  const { worthUsd } = harness.limits;
  const plans = Object.entries(loop.stages).map(async ([name, stage]): Promise<[string, StopPlan]> => {
    const strategies = strategiesOf(deps, harness, stage);
    if (worthUsd === undefined) return [name, { strategies }];
    const history = await deps.store.attempts.history(loop.name, name, HISTORY_ATTEMPTS);
    return [name, { strategies, history, worthMicroUsd: microUsd(worthUsd) }];
  });
  return Object.fromEntries(await Promise.all(plans));
}

/** Ways to make an attempt differently: first by another model, for feedback alone rarely changes an answer. */
function strategiesOf(deps: Dependencies, harness: Harness, stage: Stage<unknown, unknown>): readonly Strategy[] {
  if (stage.generate.kind !== 'model') return [];
  const models = routesNamed(deps, harness, stage).filter(({ route }) => route.kind === 'endpoint');
  if (models.length === 0) return [];
  const bare = (stage.context ?? []).length > 0 || harness.examples.length > 0;
  return [...(models.length > 1 ? ['route' as const] : []), ...(bare ? ['context' as const] : []), 'temperature'];
}
