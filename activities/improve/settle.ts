import type { Dependencies } from '../dependencies.ts';
import type { OfImprove } from './asked.ts';

/** Says of a candidate that was proven that its run ended without its promotion. */
export async function settleCandidate({ store }: Dependencies, { run, at }: OfImprove): Promise<void> {
  const candidate = await store.candidates.ofRun(run.runKey);
  if (candidate?.state !== 'proven') return;
  const because = `${candidate.because ?? ''}; its run ended without a promotion`;
  await store.candidates.settle(candidate, { state: 'rejected', because, at });
}
