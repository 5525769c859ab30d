import type { LoopEntry, Route } from '../../activities/dependencies.ts';
import type { Learner } from '../../activities/models/learner.ts';
import { chooseLearner, type LearnerOptions } from './learner.ts';

/** Whether the embedded learner may be asked by a loop, as its own harness says: one of its stages can be answered by it, and one of its routes leads to it. */
export function mayLearn({ loop, harness }: LoopEntry, routes: ReadonlyMap<string, Route>): boolean {
  const decides = Object.values(loop.stages).some(
    ({ generate }) => generate.kind === 'model' && generate.decision !== undefined,
  );
  return decides && harness.routing.some(({ model }) => routes.get(model)?.kind === 'local');
}

/** The embedded learner, chosen when it is first asked: its weights are not fetched for loops that never ask it. */
export function lazyLearner(options: LearnerOptions): Learner {
  let chosen: Learner | undefined;
  let choosing: Promise<Learner> | undefined;
  return {
    get model() {
      return chosen?.model ?? 'local';
    },
    async answer(question) {
      choosing ??= chooseLearner(options);
      chosen = await choosing;
      return await chosen.answer(question);
    },
  };
}
