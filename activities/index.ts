import type { PinnedRun } from '../contract/run.ts';
import { act } from './act.ts';
import { awaitBudget, endBudgetWait, raiseBudget } from './budgets.ts';
import { CHECK_PATIENCE, VERIFIER_PATIENCE, type Patience } from '../core/patience.ts';
import type { Dependencies } from './dependencies.ts';
import { orElsewhere } from './elsewhere.ts';
import { evaluate } from './evaluate.ts';
import { advance, type AdvanceInput } from './experiments/advance.ts';
import { openEval, type OpenEvalInput } from './experiments/open.ts';
import { fetchContext } from './fetch-context.ts';
import { openGate, recordDecision, recordRefusal } from './gates.ts';
import { generate } from './generate.ts';
import { askedOf } from './improve/asked.ts';
import { propose } from './improve/propose.ts';
import { settleCandidate } from './improve/settle.ts';
import { openTrial } from './improve/trial.ts';
import { openWatch, settleWatch, type SettleWatchInput } from './improve/watch.ts';
import { askJudge, type AskJudgeInput } from './judges/ask-judge.ts';
import { calibrateJudges } from './judges/calibrate.ts';
import { nextQuestions, type NextQuestionsInput } from './judges/next-questions.ts';
import { openAsking, type OpenAskingInput } from './judges/open-asking.ts';
import { openRun, type OpenRunInput } from './open-run.ts';
import { pinnedRun } from './pinned.ts';
import { recordLesson } from './record-lesson.ts';
import { stepSeen, unseen, type StepName } from './telemetry.ts';
import { verifyDecision } from './verify-decision.ts';
import { isBrokenCheck } from './verifiers/verify.ts';
import { wrap } from './wrap.ts';

/** An activity's input as workflows give it: the run by its key, so that a history holds once what was pinned. */
type ByKey<Input> = Omit<Input, 'run'> & { readonly run: string };

/** Every effect of a run, in the order of its life. One object in, one object out, both JSON. */
export function createActivities(deps: Dependencies) {
  const { telemetry = unseen } = deps;
  const ofRun = <Input extends { readonly run: PinnedRun }, Output>(
    name: StepName,
    work: (deps: Dependencies, input: Input) => Promise<Output>,
    patience?: (input: ByKey<Input>, reason: Error) => Patience | undefined,
  ) =>
    wrap(async (input: ByKey<Input>) => {
      const run = await pinnedRun(deps, input.run);
      return telemetry.step(stepSeen(name, run, input), () => work(deps, { ...input, run } as Input));
    }, patience);
  return {
    openRun: wrap((input: OpenRunInput) =>
      telemetry.step(
        stepSeen('openRun', { ...input, loop: deps.loops.has(input.loop) ? input.loop : 'unknown' }, {}),
        () => openRun(deps, input),
      ),
    ),
    fetchContext: ofRun('fetchContext', fetchContext),
    generate: ofRun('generate', orElsewhere(generate)),
    // Whoever edits waits at their gate, and can try again themselves.
    evaluate: ofRun('evaluate', orElsewhere(evaluate), ({ edit }, reason) => {
      if (edit !== undefined) return undefined;
      return isBrokenCheck(reason) ? CHECK_PATIENCE : (deps.patience ?? VERIFIER_PATIENCE);
    }),
    openGate: ofRun('openGate', openGate),
    verifyDecision: ofRun('verifyDecision', verifyDecision),
    recordDecision: ofRun('recordDecision', recordDecision),
    recordRefusal: ofRun('recordRefusal', recordRefusal),
    awaitBudget: ofRun('awaitBudget', awaitBudget),
    endBudgetWait: ofRun('endBudgetWait', endBudgetWait),
    raiseBudget: ofRun('raiseBudget', raiseBudget),
    act: ofRun('act', act),
    recordLesson: ofRun('recordLesson', recordLesson),
    propose: ofRun(
      'propose',
      orElsewhere(async (_deps, { run }: { readonly run: PinnedRun }) =>
        propose(deps, { run, ...(await askedOf(deps, run)) }),
      ),
    ),
    openTrial: ofRun('openTrial', openTrial),
    openWatch: ofRun('openWatch', openWatch),
    settleCandidate: ofRun('settleCandidate', settleCandidate),
    openEval: wrap((input: OpenEvalInput) => openEval(deps, input)),
    advanceExperiment: wrap((input: AdvanceInput) => advance(deps, input)),
    settleWatch: wrap((input: SettleWatchInput) => settleWatch(deps, input)),
    openAsking: wrap((input: OpenAskingInput) => openAsking(deps, input)),
    nextQuestions: wrap((input: NextQuestionsInput) => nextQuestions(deps, input)),
    askJudge: wrap((input: AskJudgeInput) => orElsewhere(askJudge)(deps, input)),
    calibrate: wrap((_input: object) => calibrateJudges(deps)),
  };
}

/** The activities as workflows see them. */
export type Activities = ReturnType<typeof createActivities>;
