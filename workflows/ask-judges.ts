import { ActivityFailure } from '@temporalio/common';
import {
  defineQuery,
  defineSignal,
  isCancellation,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { NextQuestions, Question } from '../activities/judges/next-questions.ts';
import type { OpenAsking } from '../activities/judges/open-asking.ts';
import { whereItBelongs, type Queue } from './elsewhere.ts';
import { causeOf, thrown } from './failing.ts';
import { experiments, models } from './proxies.ts';

/** How far judges are asked again. */
export interface AskingStatus {
  readonly asking: string;
  readonly answered: number;
  readonly of: number;
  /** Questions that had no answer. */
  readonly failed: number;
  readonly costMicroUsd: number;
  /** A budget refused what was left. */
  readonly overBudget: boolean;
  /** Why it ended before all was asked, or why some had no answer; empty where all went well. */
  readonly because: string;
}

/** What goes on in the next execution. */
interface Carried {
  readonly open: OpenAsking;
  readonly failed: readonly string[];
  readonly because: string;
}

/**
 * Asks every judge of a loop again about artefacts that people decided on, and about swapped ones, until all are answered,
 * the budget is used up, or nobody answers. The answers are on record, one by one; what the judges' words count for is worked out at the end.
 */
export async function askJudges(input?: unknown, carried?: Carried): Promise<AskingStatus> {
  const asking = workflowInfo().workflowId;
  let now: AskingStatus = { asking, answered: 0, of: 0, failed: 0, costMicroUsd: 0, overBudget: false, because: '' };
  let stopped = false;
  setHandler(defineQuery<AskingStatus>('status'), () => now, {
    description: 'How many questions are answered, of how many, and what they cost.',
  });
  setHandler(defineSignal('stop'), () => void (stopped = true), {
    description: 'Stops after the questions that are asked now.',
  });
  try {
    const open =
      carried?.open ??
      (await experiments.openAsking.executeWithOptions({ summary: 'open' }, [
        { input: input ?? null, workflowId: asking, at: Date.now() },
      ]));
    const failed = [...(carried?.failed ?? [])];
    let because = carried?.because ?? '';
    let overBudget = false;
    for (let over = false; ;) {
      const next = await experiments.nextQuestions.executeWithOptions({ summary: 'next questions' }, [
        { ...open, failed },
      ]);
      now = { ...statusOf(asking, next), failed: failed.length, overBudget, because };
      if (over || next.questions.length === 0) break;
      if (stopped) {
        because = 'it was stopped';
        break;
      }
      if (workflowInfo().continueAsNewSuggested)
        await makeContinueAsNewFunc<typeof askJudges>()(input, { open, failed, because });
      const heard = await Promise.all(next.questions.map((question) => ask(open, question)));
      for (const [at, { kind, ...why }] of heard.entries())
        if (kind === 'failed') {
          failed.push(next.questions[at]?.id ?? '');
          because ||= why.because ?? '';
        }
      const short = heard.find(({ kind }) => kind === 'short');
      because = short?.because ?? because;
      overBudget = short !== undefined;
      over = overBudget || heard.every(({ kind }) => kind === 'failed');
    }
    await experiments.calibrate.executeWithOptions({ summary: 'calibrate' }, [{}]);
    return (now = { ...now, because });
  } catch (error) {
    throw thrown(error);
  }
}

function statusOf(
  asking: string,
  { answered, of, costMicroUsd }: NextQuestions,
): Pick<AskingStatus, 'asking' | keyof Omit<NextQuestions, 'questions'>> {
  return { asking, answered, of, costMicroUsd };
}

/** What came of a question. `short`: a budget refused it, and would refuse the next one too. */
interface Heard {
  readonly kind: 'answered' | 'failed' | 'short';
  readonly because?: string;
}

async function ask({ run }: OpenAsking, question: Question): Promise<Heard> {
  const at: Queue = { name: undefined };
  const summary = `${question.judge} on ${question.kind}`.slice(0, 200);
  try {
    const { heard } = await whereItBelongs(at, (place) =>
      models.askJudge.executeWithOptions({ ...place, summary }, [{ run, question }]),
    );
    return heard ? { kind: 'answered' } : { kind: 'failed', because: 'what it was to be asked about is gone' };
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const { type, message } = causeOf(error);
    const because = message.slice(0, 500);
    return { kind: type === 'BudgetExceeded' ? 'short' : 'failed', because };
  }
}
