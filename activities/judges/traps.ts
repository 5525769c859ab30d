import { cancellationSignal } from '@temporalio/activity';
import type { JudgedArtefact } from '../../contract/judges.ts';
import type { Criterion } from '../../contract/verdict.ts';
import { isTrapFor } from '../../core/learning/judge-votes.ts';
import { stageOf } from '../../core/steps.ts';
import type { Judge, Panel } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Asking } from '../verifiers/asking.ts';
import { runJudge } from '../verifiers/judge.ts';
import { runPanel } from '../verifiers/panel.ts';
import type { Weighed } from '../verifiers/weight.ts';

/** So many of the newest artefacts, and of those that people decided on, are looked through for a trap: work waits for it. */
const LOOKED_AT = 200;

/**
 * Puts before each judge of a stage, beside the work of a run that people look at, an artefact that people refused and that
 * the judge was not asked about again before: it cannot tell which is which. Comparisons have none: what they are
 * compared with is the work's own. The calls are the run's, in its ledger and under its caps; where one fails the work goes on.
 */
export async function askAboutTraps(deps: Dependencies, asking: Asking, verifiers: readonly Weighed[]): Promise<void> {
  const judges = verifiers.filter((verifier) => verifier.kind === 'judge' || verifier.kind === 'panel');
  if (judges.length === 0) return;
  const { artefacts, traps } = await deps.store.judgeRecords.evidence(asking.run.loop, LOOKED_AT);
  const stage = stageOf(asking.stage);
  for (const judge of judges) {
    const asked = traps.filter((trap) => trap.stage === stage && trap.judge === judge.name);
    const trap = artefacts.find(
      (one) =>
        one.stage === stage &&
        one.runKey !== asking.run.runKey &&
        isTrapFor(judge.name, one) &&
        !asked.some(({ runKey, artefact }) => runKey === one.runKey && artefact === one.artefact),
    );
    if (trap !== undefined) await askAbout(deps, asking, judge, trap);
  }
}

async function askAbout(deps: Dependencies, asking: Asking, judge: Judge | Panel, trap: JudgedArtefact): Promise<void> {
  let criteria: readonly Criterion[];
  try {
    const shown = await shownOf(deps, trap);
    if (shown === undefined) return;
    const instead = { ...asking, ...shown, artefact: trap.artefact, author: trap.author, trap: true } as const;
    criteria = judge.kind === 'judge' ? await runJudge(deps, instead, judge) : await runPanel(deps, instead, judge);
  } catch (error) {
    // Whatever keeps it from answering is no matter of the work that it was put among.
    if (cancellationSignal().aborted) throw error;
    return;
  }
  const { run } = asking;
  const { runKey, stage, artefact } = trap;
  const letThrough = criteria.every(({ verdict }) => verdict === 'pass');
  const answer = { loop: run.loop, stage, judge: judge.name, runKey, artefact, letThrough, among: run.runKey };
  await deps.store.judgeRecords.answerTrap({ ...answer, at: deps.now() });
}

/** What a judge is shown of a trap; undefined where it is gone. */
async function shownOf(
  { store }: Dependencies,
  { runKey, artefact }: JudgedArtefact,
): Promise<Pick<Asking, 'input' | 'output' | 'text'> | undefined> {
  const run = await store.runs.find(runKey);
  const [input, text] = await Promise.all([run && store.artefacts.get(run.input), store.artefacts.get(artefact)]);
  if (input === undefined || text === undefined) return undefined;
  return { input: JSON.parse(input) as unknown, output: JSON.parse(text) as unknown, text };
}
