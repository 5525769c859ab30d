import { join } from 'node:path';
import type { Learner } from '../../activities/models/learner.ts';
import { embeddedLearner } from '../../activities/models/embedded-learner.ts';
import { chooseSpace, WEIGHTS_VARIABLE } from '../../activities/models/local/embedder.ts';
import { keptInFile, VECTORS_FILE } from './vector-file.ts';

/** Where the learner's weights may be. */
export interface LearnerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  /** Folder to keep vectors in, so that a restart is quick. */
  readonly data?: string;
  readonly report: (text: string) => void;
}

/** The embedded learner over MiniLM's vectors where its weights can be had, else over hashed n-grams, saying what is missing. */
export async function chooseLearner({ env, cacheDir, data, report }: LearnerOptions): Promise<Learner> {
  const chosen = await chooseSpace({ folder: env[WEIGHTS_VARIABLE], cacheDir, env, report });
  if (chosen.kind === 'ngrams') {
    report(`The embedded learner reads ${chosen.reason}`);
    return embeddedLearner(chosen.space);
  }
  const { space } = chosen;
  if (data === undefined) return embeddedLearner(space);
  return embeddedLearner({
    ...space,
    embed: keptInFile(join(data, VECTORS_FILE), space.model, (text) => space.embed(text), report),
  });
}
