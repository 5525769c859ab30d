import { cancellationSignal } from '@temporalio/activity';
import type { JudgeAnswer, JudgedArtefact, JudgeEvidence } from '../../contract/judges.ts';
import { isTrapFor } from '../../core/learning/judge-votes.ts';
import { stageOf } from '../../core/steps.ts';
import type { Judge, Panel } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { entryOf } from '../pinned.ts';
import type { Asking } from '../verifiers/asking.ts';
import type { Weighed } from '../verifiers/weight.ts';
import { askAgain, type Again } from './again.ts';
import { noticesSwaps, swappedArtefacts } from './swapped.ts';

/** So many of the newest artefacts, and of those that people decided on, are looked through for a trap: work waits for it. */
const LOOKED_AT = 200;

/** So many of the newest that people accepted are read to swap one of them. */
const SWAPPED_AMONG = 40;

/**
 * Puts before each judge of a stage, beside the work of a run that people look at, an artefact that is known to be bad and that
 * the judge was not asked about again before: it cannot tell which is which. One that people refused, where there is one; else
 * one that they accepted, under the input of other work. Comparisons have none: what they are compared with is the work's
 * own. The calls are the run's, in its ledger and under its caps; where one fails the work goes on.
 */
export async function askAboutTraps(deps: Dependencies, asking: Asking, verifiers: readonly Weighed[]): Promise<void> {
  const judges = verifiers.filter((verifier) => verifier.kind === 'judge' || verifier.kind === 'panel');
  if (judges.length === 0) return;
  const evidence = await deps.store.judgeRecords.evidence(asking.run.loop, LOOKED_AT);
  for (const judge of judges) {
    const trap = refusedFor(judge, asking, evidence) ?? (await swappedFor(deps, judge, asking, evidence));
    if (trap !== undefined) await askAbout(deps, asking, judge, trap);
  }
}

function refusedFor(judge: Judge | Panel, asking: Asking, { artefacts, answers }: JudgeEvidence): Again | undefined {
  const stage = stageOf(asking.stage);
  const trap = artefacts.find(
    (one) =>
      one.stage === stage &&
      one.runKey !== asking.run.runKey &&
      isTrapFor(judge.name, one) &&
      !wasAsked(answers, judge, stage, one, one.runKey),
  );
  return trap && { kind: 'refused', artefact: trap, inputOf: trap.runKey };
}

async function swappedFor(
  deps: Dependencies,
  judge: Judge | Panel,
  asking: Asking,
  { artefacts, answers }: JudgeEvidence,
): Promise<Again | undefined> {
  const { loop } = entryOf(deps, asking.run.loop);
  const stage = stageOf(asking.stage);
  if (!noticesSwaps(loop, stage, judge, asking.harness)) return undefined;
  const swaps = await swappedArtefacts(deps, loop, stage, { artefacts, most: SWAPPED_AMONG });
  const swap = swaps.find(({ artefact, input }) => !wasAsked(answers, judge, stage, artefact, input.runKey));
  return swap && { kind: 'swapped', artefact: swap.artefact, inputOf: swap.input.runKey };
}

function wasAsked(
  answers: readonly JudgeAnswer[],
  judge: Judge | Panel,
  stage: string,
  { runKey, artefact }: Pick<JudgedArtefact, 'runKey' | 'artefact'>,
  inputOf: string,
): boolean {
  return answers.some(
    (one) =>
      one.stage === stage &&
      one.judge === judge.name &&
      one.runKey === runKey &&
      one.artefact === artefact &&
      one.inputOf === inputOf,
  );
}

async function askAbout(deps: Dependencies, asking: Asking, judge: Judge | Panel, again: Again): Promise<void> {
  try {
    const name = again.kind === 'swapped' ? 'swap' : 'trap';
    const answer = await askAgain(deps, { ...asking, again: name }, judge, again);
    if (answer !== undefined) await deps.store.judgeRecords.answer({ ...answer, asked: asking.run.runKey });
  } catch (error) {
    // Whatever keeps it from answering is no matter of the work that it was put among.
    if (cancellationSignal().aborted) throw error;
  }
}
