import { failure } from '../../contract/failures.ts';
import type { Candidate } from '../../contract/candidate.ts';
import type { PinnedRun } from '../../contract/run.ts';
import { ImproveInput } from '../../loops/improve/input.ts';
import type { Dependencies } from '../dependencies.ts';
import { inputOf } from '../pinned.ts';

/** A run of `improve`. */
export interface OfImprove {
  readonly run: PinnedRun;
  readonly at: number;
}

/** What a run of `improve` was started with. */
export async function askedOf(deps: Dependencies, run: PinnedRun): Promise<ImproveInput> {
  return ImproveInput.parse(await inputOf(deps, run));
}

/** The candidate that a run of `improve` has proposed. */
export async function candidateOf({ store }: Dependencies, run: PinnedRun): Promise<Candidate> {
  const candidate = await store.candidates.ofRun(run.runKey);
  if (candidate !== undefined) return candidate;
  throw failure('Unexpected', `Run ${run.runKey} of improve has proposed nothing.`);
}
