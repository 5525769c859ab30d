import { APIError } from 'openai';
import { failure } from '../../contract/failures.ts';
import { FATES, type ModelFailureDetails } from '../../contract/model-fates.ts';
import { classify, type CallEnd } from './classify.ts';
import { noAnswerIn } from './no-answer.ts';
import { waitOf, type Wait } from './retry-after.ts';
import { whatHappened, withoutKey, type AskedModel } from './what-happened.ts';

/**
 * Our failure for a call that came to no text. Its row of the table decides whether it is tried again and what is paid;
 * its message says which model, what happened and what to do. Of a call that was aborted, what the client raised stays.
 */
export function modelFailure(end: CallEnd, asked: AskedModel): Error {
  const fate = classify(end);
  const { type, next, fix } = FATES[fate];
  const raised = 'raised' in end ? end.raised : undefined;
  if (type === 'cancelled' || type === 'verdict') return raised instanceof Error ? raised : new Error(fate);
  const details: ModelFailureDetails = { fate, ...('answered' in end ? end.answered.usage : {}) };
  const answered = raised instanceof APIError && typeof raised.status === 'number';
  const wait = answered && next === 'again' ? waitOf(raised.headers) : undefined;
  const cause = fate === 'address-unusable' ? undefined : causeOf(raised);
  const text = `${asked.model} ${whatHappened(fate, end, asked)}. ${fix}${capped(wait)}`;
  return failure(type, withoutKey(text, asked.apiKey), {
    details: [details],
    ...(wait === undefined ? {} : { retryAfterMs: wait.waitMs }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function capped(wait: Wait | undefined): string {
  if (wait?.askedMs === undefined) return '';
  return ` It asks to wait ${minutes(wait.askedMs)}; it is tried again in ${minutes(wait.waitMs)}.`;
}

function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)} minutes`;
}

/** What was at the bottom of it. An answer's error is none: the message has its words, and a history no room for a page. */
function causeOf(raised: unknown): Error | undefined {
  const noAnswer = noAnswerIn(raised);
  if (noAnswer !== undefined) return noAnswer.reason instanceof Error ? noAnswer.reason : undefined;
  if (raised instanceof APIError && typeof raised.status === 'number') return undefined;
  return raised instanceof Error ? raised : undefined;
}
