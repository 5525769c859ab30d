import { createHash } from 'node:crypto';
import type { PinnedRun } from '../../contract/run.ts';
import type { Dependencies } from '../dependencies.ts';
import { entryOf, harnessOf } from '../pinned.ts';
import { Kept } from '../verifiers/kept.ts';
import { askAgain, type AskedJudge } from './again.ts';
import { judgesOf } from './judges-of.ts';
import type { Question } from './next-questions.ts';

/** A judge that is to be asked about an artefact. */
export interface AskJudgeInput {
  readonly run: PinnedRun;
  readonly question: Question;
}

/**
 * Asks a judge about an artefact again, and puts its answer on record. What it answered before a kill is not paid again.
 * `heard` is false where there is nothing to ask any more: the artefact, its input or the judge is gone.
 * @throws what the judge's call raises.
 */
export async function askJudge(
  deps: Dependencies,
  { run, question }: AskJudgeInput,
): Promise<{ readonly heard: boolean }> {
  const { artefact, inputOf, kind, judge: name, id } = question;
  const { loop, folder } = entryOf(deps, run.loop);
  const found = judgesOf(loop).find((one) => one.stage === artefact.stage && one.judge.name === name);
  if (found === undefined) return { heard: false };
  const { judgeRecords, facts } = deps.store;
  // Kept with the run whose artefact it quotes, so that it is erased with that.
  const { runKey, stage, artefact: digest } = artefact;
  const key = { runKey, stage, artefact: digest, author: `again:${run.runKey}/${name}/${inputOf}` };
  const kept = await Kept.of(deps.store, key, deps.now);
  const asking = {
    run,
    stage: `${stage}#1`,
    attempt: 1,
    edited: false,
    // The ledger takes two calls of one name for two tries of one call.
    again: `${kind}:${createHash('sha256').update(id).digest('hex').slice(0, 12)}`,
    harness: await harnessOf(deps, run),
    evidence: {
      examples: [],
      watermark: run.watermark,
      earlier: {},
      facts,
      documents: (under: string) => deps.documents(folder, under),
      asOf: run.asOf,
    },
    kept,
  };
  const answer = await askAgain(deps, asking, found.judge as AskedJudge, question);
  if (answer !== undefined) await judgeRecords.answer({ ...answer, asked: run.runKey }, key);
  return { heard: answer !== undefined };
}
