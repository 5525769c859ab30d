import { JUDGED_ARTEFACTS, type JudgeEvidence } from '../../contract/judges.ts';
import type { PinnedRun } from '../../contract/run.ts';
import { isGoodFor, isTrapFor } from '../../core/learning/judge-votes.ts';
import { inTurns } from '../../core/learning/questions.ts';
import type { Dependencies } from '../dependencies.ts';
import { harnessOf, knownLoop } from '../pinned.ts';
import type { Again } from './again.ts';
import { judgesOf, type StageJudge } from './judges-of.ts';
import { noticesSwaps, swappedArtefacts } from './swapped.ts';

/** Questions that are asked at once. */
const AT_ONCE = 5;

/** Most accepted artefacts that are read to swap them. */
const SWAPPED_AMONG = 200;

/** An artefact that a judge is to be asked about. */
export interface Question extends Again {
  readonly judge: string;
  /** What no other question of the same asking is called. */
  readonly id: string;
}

/** Which questions are to come. */
export interface NextQuestionsInput {
  readonly run: PinnedRun;
  readonly most: number;
  /** Ids of questions that had no answer. */
  readonly failed: readonly string[];
}

/** The next questions, none where all are answered; how many are, of how many, and what they cost so far. */
export interface NextQuestions {
  readonly questions: readonly Question[];
  readonly answered: number;
  readonly of: number;
  readonly costMicroUsd: number;
}

/** Which artefacts a loop's judges are asked about next. All of it is worked out from what is on record, so it can be begun again at any time. */
export async function nextQuestions(
  deps: Dependencies,
  { run, most, failed }: NextQuestionsInput,
): Promise<NextQuestions> {
  const { loop } = knownLoop(deps, run.loop);
  const evidence = await deps.store.judgeRecords.evidence(run.loop, JUDGED_ARTEFACTS);
  const each = await Promise.all(judgesOf(loop).map((judge) => questionsFor(deps, run, judge, { evidence, most })));
  // Judge by judge in turn: whoever ends early has asked all of them.
  const longest = Math.max(0, ...each.map(({ length }) => length));
  const all = Array.from({ length: longest }, (_, at) => each.flatMap((own) => own.slice(at, at + 1))).flat();
  const answered = new Set(evidence.answers.filter(({ asked }) => asked === run.runKey).map(idOf));
  const left = all.filter(({ id }) => !answered.has(id) && !failed.includes(id));
  return {
    questions: left.slice(0, AT_ONCE),
    answered: answered.size,
    of: Math.max(all.length, answered.size),
    costMicroUsd: await deps.store.ledger.spent(run.runKey),
  };
}

interface Known {
  readonly evidence: JudgeEvidence;
  readonly most: number;
}

async function questionsFor(
  deps: Dependencies,
  run: PinnedRun,
  { stage, judge }: StageJudge,
  { evidence: { artefacts }, most }: Known,
): Promise<readonly Question[]> {
  const { loop } = knownLoop(deps, run.loop);
  // What it is compared with is the work's own, and was there only then.
  if (judge.kind === 'pairwise' && judge.baseline === 'best') return [];
  const here = artefacts.filter((one) => one.stage === stage);
  const own = (kind: 'accepted' | 'refused', fits: typeof isGoodFor): Again[] =>
    here.filter((one) => fits(judge.name, one)).map((artefact) => ({ kind, artefact, inputOf: artefact.runKey }));
  const swaps = noticesSwaps(loop, stage, judge, await harnessOf(deps, run))
    ? await swappedArtefacts(deps, loop, stage, { artefacts, most: SWAPPED_AMONG })
    : [];
  const asked = inTurns<Again>(
    {
      accepted: own('accepted', isGoodFor),
      refused: own('refused', isTrapFor),
      swapped: swaps.map(({ artefact, input }) => ({ kind: 'swapped', artefact, inputOf: input.runKey })),
    },
    most,
  );
  return asked.map(({ kind, artefact: { runKey, artefact, author }, inputOf }) => ({
    kind,
    artefact: { runKey, stage, artefact, author },
    inputOf,
    judge: judge.name,
    id: idOf({ stage, judge: judge.name, runKey, artefact, inputOf }),
  }));
}

function idOf(of: Readonly<Record<'stage' | 'judge' | 'runKey' | 'artefact' | 'inputOf', string>>): string {
  return JSON.stringify([of.stage, of.judge, of.runKey, of.artefact, of.inputOf]);
}
