import type { LoopEntry } from '../../activities/dependencies.ts';
import { failure } from '../../contract/failures.ts';
import { dependences } from '../../core/review/independence.ts';
import { loopFacts, type FactsOptions } from './loop-facts.ts';

/**
 * Why a loop may not start, as a `SelfVerification` or `InvalidHarness` failure: it would only ever grade itself, or
 * nothing in it can say no. Undefined for one that may.
 */
export async function startRefusal(entry: LoopEntry, options: FactsOptions): Promise<Error | undefined> {
  const wrong = dependences(await loopFacts(entry, options)).find(({ refuses }) => refuses);
  if (wrong === undefined) return undefined;
  return failure(
    wrong.type,
    `Loop ${entry.loop.name} does not start (NoIndependentCheck): ${wrong.because}. ${wrong.fix}`,
  );
}

/** @throws the first {@link startRefusal} of the loops. */
export async function refuseUnchecked(entries: Iterable<LoopEntry>, options: FactsOptions): Promise<void> {
  for (const entry of entries) {
    const refusal = await startRefusal(entry, options);
    if (refusal !== undefined) throw refusal;
  }
}
