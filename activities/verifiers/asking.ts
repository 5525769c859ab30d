import type { Harness } from '../../contract/harness.ts';
import { failure } from '../../contract/failures.ts';
import type { Digest } from '../../contract/names.ts';
import type { PinnedRun } from '../../contract/run.ts';
import type { Evidence } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ModelEndpoint } from '../models/port.ts';
import { sameModel, type ModelIdentity } from '../models/same-model.ts';
import type { Kept } from './kept.ts';

/** What there is about an artefact for whoever verifies it. A model is shown `input` and `text` and no more. */
export interface Asking {
  readonly run: PinnedRun;
  /** Step id of the stage, e.g. `main#1`. */
  readonly stage: string;
  readonly attempt: number;
  /** Whether a person made it. */
  readonly edited: boolean;
  /** Where an artefact is put before a judge again, which it cannot tell: what its calls are called beside the work's own. */
  readonly again?: string;
  readonly harness: Harness;
  readonly input: unknown;
  readonly output: unknown;
  readonly text: string;
  readonly artefact: Digest;
  readonly author: string;
  readonly evidence: Evidence;
  readonly kept: Kept;
}

/**
 * The model that a verifier asks on a route.
 * @throws `InvalidHarness` where the route leads to no model, `SelfVerification` where the model made what it would judge.
 */
export function judgingModel(
  deps: Dependencies,
  { run, author }: Pick<Asking, 'run' | 'author'>,
  verifier: string,
  route: string,
): ModelEndpoint {
  const found = deps.routes.get(route);
  if (found?.kind !== 'endpoint') {
    throw failure(
      'InvalidHarness',
      `Verifier \`${verifier}\` of loop ${run.loop} asks model route "${route}", which is ${found === undefined ? 'not configured' : 'the embedded learner'}. Declare a model for it under \`models\` in loopwright.yaml.`,
    );
  }
  if (isAuthor(deps, found.endpoint, author)) throw selfVerification(run, verifier, author);
  return found.endpoint;
}

/** The refusal of a verifier that made the artefact. */
export function selfVerification(run: PinnedRun, verifier: string, author: string): Error {
  return failure(
    'SelfVerification',
    `Verifier \`${verifier}\` of loop ${run.loop} is ${author}, which made the artefact. Route it to another model in loopwright.yaml, or write another check.`,
  );
}

/** Whether a model made what this author made: by its own id, or by that of another route which leads to it. */
export function isAuthor(deps: Dependencies, judge: ModelIdentity, author: string): boolean {
  const model = /^model:(.*)$/s.exec(author)?.[1];
  if (model === undefined) return false;
  const made = [...deps.routes.values()].flatMap((route) =>
    route.kind === 'endpoint' && route.endpoint.model === model ? [route.endpoint] : [],
  );
  return [{ model }, ...made].some((one) => sameModel(one, judge));
}
