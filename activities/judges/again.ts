import type { AskedAgain, JudgeAnswer, JudgedArtefact } from '../../contract/judges.ts';
import type { Criterion } from '../../contract/verdict.ts';
import type { Judge, Pairwise, Panel } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Asking } from '../verifiers/asking.ts';
import { runJudge } from '../verifiers/judge.ts';
import { runPairwise } from '../verifiers/pairwise.ts';
import { runPanel } from '../verifiers/panel.ts';

/** Whoever can be asked again. */
export type AskedJudge = Judge | Panel | Pairwise<unknown>;

/** An artefact that is put before a judge again, with the input of the run that it is shown with. */
export interface Again {
  readonly kind: AskedAgain;
  readonly artefact: Pick<JudgedArtefact, 'runKey' | 'stage' | 'artefact' | 'author'>;
  readonly inputOf: string;
}

/**
 * What a judge says when an artefact is put before it again; `asking` is what it is put among, and pays for it. Undefined
 * where the artefact or its input is gone, or nothing was asked.
 * @throws what the judge's call raises.
 */
export async function askAgain(
  deps: Dependencies,
  asking: Omit<Asking, 'input' | 'output' | 'text' | 'artefact' | 'author'>,
  judge: AskedJudge,
  { kind, artefact: put, inputOf }: Again,
): Promise<Omit<JudgeAnswer, 'asked'> | undefined> {
  const shown = await shownOf(deps, put.artefact, inputOf);
  if (shown === undefined) return undefined;
  const criteria = await criteriaOf(deps, { ...asking, ...shown, artefact: put.artefact, author: put.author }, judge);
  if (criteria.length === 0 || criteria.some(({ verdict }) => verdict === 'error')) return undefined;
  const compared = criteria.filter(({ order }) => order !== undefined);
  return {
    loop: asking.run.loop,
    stage: put.stage,
    judge: judge.name,
    kind,
    runKey: put.runKey,
    artefact: put.artefact,
    inputOf,
    letThrough: criteria.every(({ verdict }) => verdict === 'pass'),
    orders: { changed: compared.filter(({ order }) => order === 'other').length, of: compared.length },
    at: deps.now(),
  };
}

/** What it found about each criterion; none where it was not asked. */
async function criteriaOf(deps: Dependencies, asking: Asking, judge: AskedJudge): Promise<readonly Criterion[]> {
  const found =
    judge.kind === 'pairwise'
      ? await runPairwise(deps, asking, judge)
      : judge.kind === 'judge'
        ? await runJudge(deps, asking, judge)
        : await runPanel(deps, asking, judge);
  return Array.isArray(found) ? found.filter(({ name }) => name.startsWith(`${judge.name}/`)) : [];
}

/** What a judge is shown of an artefact; undefined where it or the input is gone. */
async function shownOf(
  { store }: Dependencies,
  artefact: string,
  inputOf: string,
): Promise<Pick<Asking, 'input' | 'output' | 'text'> | undefined> {
  const run = await store.runs.find(inputOf);
  const [input, text] = await Promise.all([run && store.artefacts.get(run.input), store.artefacts.get(artefact)]);
  if (input === undefined || text === undefined) return undefined;
  return { input: JSON.parse(input) as unknown, output: JSON.parse(text) as unknown, text };
}
