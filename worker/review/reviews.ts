import type { LoopEntry, Route } from '../../activities/dependencies.ts';
import type { ReviewAnswer } from '../../contract/review-answer.ts';
import type { Review } from '../../core/review/result.ts';
import { review } from '../../core/review/review.ts';
import type { CommandContext } from '../commands/context.ts';
import { readModelConfig } from '../config.ts';
import { loadLoops, type LoadedLoops } from '../loop-folders.ts';
import { documentReader, knownIntents, ownLoops } from '../loops.ts';
import { triageDataset } from '../triage-dataset.ts';
import { loopFacts } from './loop-facts.ts';

/** The loops to review: those of a folder, else the project's own. Writes nothing. */
export async function loadReviewed(
  { env, cacheDir }: Pick<CommandContext, 'env' | 'cacheDir'>,
  { loops, data }: { readonly loops?: string; readonly data: string },
): Promise<LoadedLoops> {
  if (loops !== undefined) return await loadLoops(loops);
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
  const routes = await routesOf(env, report);
  const documents = documentReader();
  return await Promise.all(
    entries.map(async (entry) => review(await loopFacts(entry, { routes, documents, now }), answers, now)),
  );
}

async function routesOf(
  env: NodeJS.ProcessEnv,
  report: (text: string) => void,
): Promise<ReadonlyMap<string, Route> | undefined> {
  try {
    return (await readModelConfig(env)).routes;
  } catch (error) {
    report(`The model routes are not known: ${(error as Error).message} The review goes by their names.`);
    return undefined;
  }
}
