import type { Learner } from '../activities/models/learner.ts';
import { embeddedLearner } from '../activities/models/embedded-learner.ts';
import { chooseSpace, WEIGHTS_VARIABLE } from '../activities/models/local/embedder.ts';

/** Where the learner's weights may be. */
export interface LearnerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly report: (text: string) => void;
}

/** The embedded learner over MiniLM's vectors where its weights can be had, else over hashed n-grams, saying what is missing. */
export async function chooseLearner({ env, cacheDir, report }: LearnerOptions): Promise<Learner> {
  const chosen = await chooseSpace({ folder: env[WEIGHTS_VARIABLE], cacheDir, env, report });
  if (chosen.kind === 'minilm') return embeddedLearner(chosen.space);
  report(`The embedded learner reads ${chosen.reason}`);
  return embeddedLearner(chosen.space);
}
