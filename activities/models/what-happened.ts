import { APIError } from 'openai';
import type { FateId } from '../../contract/model-fates.ts';
import type { ApiAnswer } from './api-answer.ts';
import type { CallEnd } from './classify.ts';
import { noAnswerIn, type NoAnswerKind } from './no-answer.ts';

/** Who was asked, and for what. */
export interface AskedModel {
  readonly model: string;
  /** Name of the API. */
  readonly api: string;
  readonly baseUrl: string;
  /** Never shown, whoever repeats it. */
  readonly apiKey: string;
  readonly maxOutputTokens: number;
  readonly timeoutMs: number;
}

/** Longest words of a provider in a message. */
const SAID_CHARACTERS = 500;

/** Longest beginning of an answer that is no answer. */
const SAID_OF_ANSWER = 200;

/** What happened to a call, in words for people, after the model's name and before a full stop. */
export function whatHappened(fate: FateId, end: CallEnd, asked: AskedModel): string {
  if ('answered' in end) return whatAnswered(end.answered, asked);
  const { raised } = end;
  const noAnswer = noAnswerIn(raised);
  if (noAnswer !== undefined) {
    // The client's words about an address that it cannot use repeat what may stand before its host.
    const said = fate === 'address-unusable' ? undefined : noAnswer.said;
    return `${WITHOUT_ANSWER[noAnswer.kind](asked)}${said === undefined ? '' : `: ${words(said, asked, SAID_OF_ANSWER)}`}`;
  }
  if (!(raised instanceof APIError) || typeof raised.status !== 'number')
    return `failed: ${words(String(raised), asked)}`;
  return `${whatStatus(fate, raised, asked)}${requestOf(raised)}`;
}

const WITHOUT_ANSWER: Readonly<Record<NoAnswerKind, (asked: AskedModel) => string>> = {
  badKey: () => 'was not asked: its API key cannot be sent',
  unanswered: ({ baseUrl }) => `could not be reached at ${baseUrl}`,
  late: ({ timeoutMs }) => `did not answer in time: nothing came within ${timeoutMs / 1000} s`,
  lateInside: ({ timeoutMs }) => `did not answer in time: its answer was not whole within ${timeoutMs / 1000} s`,
  silent: () => 'did not answer in time: its answer fell silent in the middle',
  cut: ({ baseUrl }) => `broke off in the middle of its answer, at ${baseUrl}`,
  tooLarge: ({ baseUrl }) => `sent more than an answer may have, at ${baseUrl}`,
  badEncoding: ({ baseUrl }) => `answered with a body that is not packed as its headers say, at ${baseUrl}`,
  notUtf8: ({ baseUrl }) => `answered with bytes that are no UTF-8, at ${baseUrl}`,
  notJson: ({ baseUrl }) => `answered with something that is no JSON, at ${baseUrl}`,
};

function whatAnswered(answered: Exclude<ApiAnswer, { readonly kind: 'text' }>, asked: AskedModel): string {
  switch (answered.kind) {
    case 'cut':
      return `stopped at \`limits.tokens\` (${asked.maxOutputTokens}) before its answer was whole`;
    case 'refused':
      return `refused: ${words(answered.how, asked)}`;
    case 'filtered':
      return 'did not finish: a content filter stopped its answer';
    case 'unfinished':
      return `did not finish: ${words(answered.why, asked)}`;
    case 'failed':
      return `failed: ${words(answered.told.message, asked)}`;
    case 'strange':
      return answered.told === undefined
        ? `answered with nothing of the ${asked.api} at ${asked.baseUrl}`
        : `answered 200 with an error, at ${asked.baseUrl}: ${words(answered.told.message, asked)}`;
  }
}

function whatStatus(fate: FateId, { status, message, headers }: APIError, asked: AskedModel): string {
  const { baseUrl } = asked;
  if (fate === 'redirect')
    return `answered ${status} and sent to ${targetOf(headers, baseUrl)}, which was not followed`;
  const said = message.replace(new RegExp(`^${status}\\s*`), '');
  const where = fate === 'not-found' ? ` (asked at ${baseUrl})` : '';
  return said === 'status code (no body)' || said === '{}'
    ? `answered ${status} without a word${where}`
    : `answered ${status}: ${words(said, asked)}${where}`;
}

/** The host that a redirect leads to; more of the address might hold a secret. */
function targetOf(headers: Headers | undefined, baseUrl: string): string {
  const target = URL.parse(headers?.get('location') ?? '', baseUrl);
  return headers?.has('location') === true && target !== null ? target.origin : 'nowhere';
}

/** The provider's id of the request, which its support asks for. */
function requestOf({ requestID: id }: APIError): string {
  return typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? ` [request ${id}]` : '';
}

/** A provider's words in one line, not too many, without the full stop that follows them. The key goes first: a cut through it would leave half. */
function words(text: string, { apiKey }: AskedModel, most = SAID_CHARACTERS): string {
  const line = withoutKey(text, apiKey).replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line.replace(/\.+$/, '');
}

/** Some servers repeat the key that they refuse. A placeholder for one is a word like others. */
export function withoutKey(text: string, apiKey: string): string {
  return apiKey.length < 8 ? text : text.replaceAll(apiKey, '[the key]');
}
