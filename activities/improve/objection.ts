import type { Candidate, CandidateState } from '../../contract/candidate.ts';
import { changeContent, sameChange } from '../../core/learning/change.ts';
import type { Draft } from '../../core/learning/proposers/proposer.ts';
import type { Dependencies } from '../dependencies.ts';
import { parsedHarness } from '../pinned.ts';
import type { Base, ProposeInput } from './propose.ts';

/** What cases have spoken against is never tried again, whoever brings it. */
const DISPROVEN: readonly CandidateState[] = ['refuted', 'rolledBack'];

/** Candidates of a loop that are looked through, newest first. */
const MOST_CANDIDATES = 1000;

/** Why a change is not tried, in words; undefined where nothing stands against it. */
export async function objectionTo(
  deps: Dependencies,
  request: ProposeInput,
  base: Base,
  { change, harness }: Pick<Draft, 'change' | 'harness'>,
): Promise<string | undefined> {
  const { store } = deps;
  const mistakes = await deps.harnessMistakes(base.entry, harness);
  if (mistakes.length > 0) return `it is no harness that may run: ${mistakes.join('; ')}`;
  const own = { base: base.harness, candidate: harness };
  for (const earlier of await store.candidates.list({ loop: request.loop, limit: MOST_CANDIDATES })) {
    if (earlier.kind !== change || !DISPROVEN.includes(earlier.state)) continue;
    const both = await versionsOf(deps, earlier);
    if (both !== undefined && sameChange(change, own, both))
      return `it was tried before, as ${earlier.version}, and ${earlier.state === 'refuted' ? 'refuted' : 'rolled back'}: ${earlier.because ?? ''}`;
  }
  const digest = store.artefacts.digest(changeContent(base.version, change, harness));
  const known = await store.candidates.find(request.loop, digest);
  return known === undefined ? undefined : await objectionToAgain(deps, request, known);
}

async function versionsOf(
  deps: Dependencies,
  { loop, base, version }: Candidate,
): Promise<Parameters<typeof sameChange>[1] | undefined> {
  const [before, after] = await Promise.all([base, version].map((one) => deps.store.harnesses.find(loop, one)));
  if (before === undefined || after === undefined) return undefined;
  return { base: parsedHarness(deps, before), candidate: parsedHarness(deps, after) };
}

/** The same change of the same version: only where no run is at it, and people have not said no to it, unless a person brings it again. */
async function objectionToAgain(
  { store }: Dependencies,
  { candidate }: ProposeInput,
  { version, state, runKey, because = '' }: Candidate,
): Promise<string | undefined> {
  const open = (await store.runs.unclosed()).some((run) => run.runKey === runKey);
  if (open) return `it is on trial already, as ${version}`;
  if (candidate === undefined && (state === 'rejected' || state === 'promoted'))
    return `it is known, as ${version}, and was ${state} before: ${because}`;
  return undefined;
}
