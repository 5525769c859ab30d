import type { Learner } from '../../activities/models/learner.ts';
import type { Loop } from '../../loops/define/index.ts';
import { chooseLearner, type LearnerOptions } from './learner.ts';

/** Whether a loop can be answered by the embedded learner. */
export function canLearn({ stages }: Loop): boolean {
  return Object.values(stages).some(({ generate }) => generate.kind === 'model' && generate.decision !== undefined);
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
