import { failure } from '../../contract/failures.ts';
import type { Criterion } from '../../contract/verdict.ts';
import { agreed } from '../../core/agreement.ts';
import type { Panel } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { sameModel } from '../models/same-model.ts';
import { callName } from './ask-model.ts';
import { judgingModel, type Asking } from './asking.ts';
import { judgedBy, rubricOf, unasked, withoutInput } from './judge.ts';

/**
 * Asks several models, each by itself: none sees another's answer. One after the other, because a budget that has the
 * worst case of one call may not have that of all. They have to agree on a criterion; where they do not, it is
 * `inconclusive`, and its evidence says who said what.
 * @throws `InvalidHarness` where two of its routes lead to one model.
 */
export async function runPanel(deps: Dependencies, asking: Asking, panel: Panel): Promise<Criterion[]> {
  const rubric = rubricOf(panel, asking.harness);
  const members = panel.models.map((route) => ({
    route,
    endpoint: judgingModel(deps, asking, panel.name, route),
  }));
  for (const [index, { route, endpoint }] of members.entries()) {
    const twin = members.slice(0, index).find((other) => sameModel(other.endpoint, endpoint));
    if (twin === undefined) continue;
    throw failure(
      'InvalidHarness',
      `Panel \`${panel.name}\` of loop ${asking.run.loop} asks model ${endpoint.model} twice, on routes "${twin.route}" and "${route}": it would agree with itself. Route them to different models in loopwright.yaml.`,
    );
  }
  if (Object.keys(rubric).length === 0) return [unasked(panel)];
  const found: { readonly who: string; readonly by: Awaited<ReturnType<typeof judgedBy>> }[] = [];
  for (const { route, endpoint } of members) {
    const call = callName('panel', panel.name, route);
    const who = {
      verifier: panel.name,
      route,
      endpoint,
      inPerson: true,
      rubric,
      call,
      ...withoutInput(panel),
    } as const;
    const by = await judgedBy(deps, asking, who);
    found.push({ who: endpoint.model, by });
  }
  return Object.keys(rubric).map((name) => {
    const votes = found.flatMap(({ who, by }) => {
      const vote = by.get(name);
      return vote === undefined ? [] : [{ who, ...vote }];
    });
    return { name: `${panel.name}/${name}`, ...(panel.opinion ? { opinion: true } : {}), ...agreed(votes) };
  });
}
