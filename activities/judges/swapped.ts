import type { Harness } from '../../contract/harness.ts';
import type { JudgedArtefact } from '../../contract/judges.ts';
import { swapsOf, type AcceptedArtefact, type Swap } from '../../core/learning/swaps.ts';
import type { Loop, Verifier } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { evalsFor } from '../verifiers/stage-evals.ts';
import { whatCounts } from '../what-counts.ts';

/** An artefact that people accepted, and where it was made. */
type Accepted = AcceptedArtefact & Pick<JudgedArtefact, 'stage' | 'author'>;

/**
 * Whether a judge has to notice that an output was made for other work. Its loop says so; where it says nothing, a judge
 * has to that stands alone: beside a check, an eval or another judge it may look at something else, and nobody can tell.
 */
export function noticesSwaps(loop: Loop, stage: string, judge: Verifier<unknown, unknown>, harness: Harness): boolean {
  if (judge.kind !== 'judge' && judge.kind !== 'panel') return false;
  if (judge.readsInput !== undefined) return judge.readsInput;
  const here = loop.stages[stage];
  const others = here?.verify.filter((verifier) => verifier.name !== judge.name && verifier.kind !== 'human') ?? [];
  return here !== undefined && others.length === 0 && evalsFor(harness.evals, loop, here).every(isRubric);
}

function isRubric({ kind }: Harness['evals'][number]): boolean {
  return kind === 'rubric';
}

/**
 * Accepted artefacts of a stage, each with the input of other work for which it cannot be right: of the newest `most` that
 * people accepted. None where the stage's output is not the loop's, of which alone its definition says what counts.
 */
export async function swappedArtefacts(
  deps: Pick<Dependencies, 'store'>,
  loop: Loop,
  stage: string,
  { artefacts, most }: { readonly artefacts: readonly JudgedArtefact[]; readonly most: number },
): Promise<readonly Swap<Accepted>[]> {
  const own = loop.stages[stage]?.output;
  if (own !== undefined && own !== loop.output) return [];
  const accepted = artefacts.filter((one) => one.stage === stage && one.decided?.state === 'approved').slice(0, most);
  const read = await Promise.all(accepted.map((one) => acceptedOf(deps, loop, one)));
  return swapsOf(read.filter((one) => one !== undefined));
}

async function acceptedOf(
  { store }: Pick<Dependencies, 'store'>,
  loop: Loop,
  { runKey, stage, artefact, author }: JudgedArtefact,
): Promise<Accepted | undefined> {
  const run = await store.runs.find(runKey);
  const [input, text] = await Promise.all([run && store.artefacts.get(run.input), store.artefacts.get(artefact)]);
  if (input === undefined || text === undefined) return undefined;
  const output = JSON.parse(text) as unknown;
  const { part, text: says } = whatCounts(loop);
  return { runKey, stage, artefact, author, output, part: part(output), says: says(JSON.parse(input)) };
}
