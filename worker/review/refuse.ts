import type { LoopEntry } from '../../activities/dependencies.ts';
import { failure } from '../../contract/failures.ts';
import { dependences, type Dependence } from '../../core/review/independence.ts';
import { loopFacts, type FactsOptions } from './loop-facts.ts';

type RefusalOptions = Omit<FactsOptions, 'probe'>;

/** Why a loop may not start: it would only ever grade itself, or nothing in it can say no. */
export async function refusals(entry: LoopEntry, options: RefusalOptions): Promise<readonly Dependence[]> {
  return dependences(await loopFacts(entry, { ...options, probe: 'suspects' })).filter(({ refuses }) => refuses);
}

/** @throws `SelfVerification` or `InvalidHarness` for the first loop that may not start, naming stage, verifier, model and fix. */
export async function refuseUnchecked(entries: Iterable<LoopEntry>, options: RefusalOptions): Promise<void> {
  for (const entry of entries) {
    const [wrong] = await refusals(entry, options);
    if (wrong === undefined) continue;
    throw failure(
      wrong.type,
      `Loop ${entry.loop.name} does not start (NoIndependentCheck): ${wrong.because}. ${wrong.fix}`,
    );
  }
}
