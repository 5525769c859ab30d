import { embeddedLearner } from '../activities/models/embedded-learner.ts';
import type { Learner } from '../activities/models/learner.ts';
import { NGRAM_SETTINGS } from '../core/reader/label-reader.ts';
import { ngramVector } from '../core/reader/ngrams.ts';

/** Where the learner's weights may be. */
export interface LearnerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly report: (text: string) => void;
}

/** The embedded learner. */
export async function chooseLearner(_options: LearnerOptions): Promise<Learner> {
  return embeddedLearner({
    model: 'local-ngrams',
    embed: (text) => Promise.resolve(ngramVector(text)),
    settings: NGRAM_SETTINGS,
  });
}
