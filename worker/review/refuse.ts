import type { LoopEntry } from '../../activities/dependencies.ts';
import { failure } from '../../contract/failures.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { dependences, type Dependence } from '../../core/review/independence.ts';
import type { InLoop } from '../load/loop-rules.ts';
import { loopFacts, type FactsOptions } from './loop-facts.ts';

type RefusalOptions = Omit<FactsOptions, 'probe'>;

/** Why a loop may not start: it would grade itself, or nothing in it can say no. */
async function refusals(entry: LoopEntry, options: RefusalOptions): Promise<readonly Dependence[]> {
  return dependences(await loopFacts(entry, { ...options, probe: 'suspects' }));
}

/**
 * Why a loop may not start, each as a mistake at the verifier that is the generator, or at its stage's list. Beside
 * other mistakes of the loop nothing is said of who can say no: a judge that cannot be asked is one of those.
 */
export async function uncheckedMistakes(
  entry: LoopEntry,
  options: RefusalOptions,
  { inLoop, others }: { readonly inLoop: InLoop; readonly others: readonly Mistake[] },
): Promise<Mistake[]> {
  const wrong = await refusals(entry, options);
  return wrong
    .filter(({ verifier }) => verifier !== undefined || others.length === 0)
    .map(({ stage, verifier, because, fix }) => {
      const list = `stages.${stage}.verify`;
      if (verifier === undefined) return inLoop(list, `NoIndependentCheck: ${because}`, fix);
      const index = entry.loop.stages[stage]?.verify.findIndex(({ name }) => name === verifier);
      return inLoop(`${list}.${index}`, `SelfVerification: ${because}`, fix);
    });
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
