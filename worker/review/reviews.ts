import type { LoopEntry } from '../../activities/dependencies.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import type { ReviewAnswer } from '../../contract/review-answer.ts';
import type { Review } from '../../core/review/result.ts';
import { review } from '../../core/review/review.ts';
import type { CommandContext } from '../command.ts';
import { readConfigFile } from '../models/config.ts';
import { documentReader } from '../documents.ts';
import { loadLoops } from '../load/folders.ts';
import { knownIntents, ownLoops } from '../own-loops/own-loops.ts';
import { triageDataset } from '../own-loops/triage-dataset.ts';
import { loopFacts } from './loop-facts.ts';

/** The loops to review, and what kept others from loading. */
export interface Reviewed {
  readonly loops: ReadonlyMap<string, LoopEntry>;
  readonly mistakes: readonly Mistake[];
}

/**
 * The loops to review: those of a folder, else the project's own. Writes nothing. Who verifies whom is left to the
 * review, so a loop that may not start for that is reviewed all the same.
 */
export async function loadReviewed(
  { env, cacheDir }: Pick<CommandContext, 'env' | 'cacheDir'>,
  { loops, data }: { readonly loops?: string; readonly data: string },
): Promise<Reviewed> {
  if (loops !== undefined)
    return await loadLoops(loops, { cwd: process.cwd(), models: undefined, generation: 1, reviewed: true });
  const dataset = () => triageDataset({ env, cacheDir, download: false, report: () => {} });
  return { loops: await ownLoops((await knownIntents(data)) ?? (await dataset()).intents), mistakes: [] };
}

/** Reviews loops against the worker's model routes; where those cannot be read it says so, and compares their names. */
export async function reviewLoops(
  { env, report }: Pick<CommandContext, 'env' | 'report'>,
  entries: readonly LoopEntry[],
  answers: readonly ReviewAnswer[],
  now: number,
): Promise<readonly Review[]> {
  const { models, mistakes } = await readConfigFile(env);
  for (const mistake of mistakes) report(mistakeLine(mistake));
  if (models === undefined) report('The model routes are not known: the review goes by their names.');
  const documents = documentReader();
  return await Promise.all(
    entries.map(async (entry) =>
      review(await loopFacts(entry, { models, documents, now, probe: 'all' }), answers, now),
    ),
  );
}
