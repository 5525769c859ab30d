import { APIError, APIUserAbortError } from 'openai';
import type { FateId } from '../../contract/model-fates.ts';
import type { ApiAnswer } from './api-answer.ts';
import { noAnswerIn, type NoAnswer, type NoAnswerKind } from './no-answer.ts';

/** How a call ended that came to no text: what the client raised, or what the API answered. */
export type CallEnd =
  | { readonly raised: unknown }
  | { readonly answered: Exclude<ApiAnswer, { readonly kind: 'text' }> };

/** The row of {@link FateId} for a call that came to no text. The one place that decides it. */
export function classify(end: CallEnd): FateId {
  if ('answered' in end) return fateOfAnswer(end.answered);
  const { raised } = end;
  if (raised instanceof APIUserAbortError) return 'cancelled';
  const noAnswer = noAnswerIn(raised);
  if (noAnswer !== undefined) return fateOfNoAnswer(noAnswer);
  if (raised instanceof APIError && typeof raised.status === 'number') return fateOfStatus(raised.status, raised);
  return 'unforeseen';
}

/** What a provider says of an error. */
interface Told {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly message: string;
}

/** Codes and types of providers for an account that has nothing left. Words will not do: Gemini's 429 for a minute speaks of the plan and of billing too. */
const NO_CREDIT = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active', 'insufficient_balance'];

const TOO_LONG = ['context_length_exceeded', 'string_above_max_length', 'exceed_context_size_error'];

/** The same in words: OpenAI, vLLM, llama.cpp, LM Studio, Anthropic, Gemini. */
const TOO_LONG_WORDS =
  /maximum context length|context[ _](length|size|window).{0,60}(exceed|not enough|too (long|large|small))|exceeds?.{0,60}context[ _](length|size|window)|prompt is too long|input token count.{0,40}exceed|reduce the length of the (messages|prompt|input)/i;

const FILTERED = ['content_filter', 'content_policy_violation', 'responsibleaipolicyviolation'];

function fateOfStatus(status: number, told: Told): FateId {
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 402 || ((status === 429 || status === 403) && isOneOf(NO_CREDIT, told))) return 'no-credit';
  if (status === 413) return 'request-too-large';
  if ([400, 404, 422].includes(status) || status >= 500) {
    const fate = fateOfWords(told);
    if (fate !== undefined) return fate;
  }
  if (status >= 500) return 'server-error';
  return BY_STATUS[status] ?? 'bad-request';
}

const BY_STATUS: Readonly<Record<number, FateId>> = {
  401: 'key-refused',
  403: 'access-denied',
  404: 'not-found',
  408: 'late-at-provider',
  409: 'conflict',
  422: 'unprocessable',
  429: 'rate-limited',
};

/** What a provider says in the same words with whatever status. */
function fateOfWords(told: Told): FateId | undefined {
  if (isOneOf(TOO_LONG, told) || TOO_LONG_WORDS.test(told.message)) return 'context-too-long';
  return isOneOf(FILTERED, told) ? 'prompt-filtered' : undefined;
}

function isOneOf(codes: readonly string[], { code, type }: Told): boolean {
  return [code, type].some((word) => typeof word === 'string' && codes.includes(word.toLowerCase()));
}

function fateOfAnswer(answered: Exclude<ApiAnswer, { readonly kind: 'text' }>): FateId {
  switch (answered.kind) {
    case 'cut':
      return 'truncated';
    case 'refused':
      return 'refusal';
    case 'filtered':
      return 'content-filter';
    case 'unfinished':
      return 'unfinished';
    case 'failed':
      return fateOfWords(answered.told) ?? 'error-in-answer';
    case 'strange':
      return answered.told === undefined ? 'no-answer' : (fateOfWords(answered.told) ?? 'error-in-answer');
  }
}

const BY_KIND: Readonly<Record<Exclude<NoAnswerKind, 'unanswered'>, FateId>> = {
  late: 'late-before-answer',
  lateInside: 'late-in-answer',
  silent: 'answer-silent',
  cut: 'answer-cut',
  tooLarge: 'answer-too-large',
  badEncoding: 'encoding-false',
  notUtf8: 'not-utf8',
  notJson: 'not-json',
  badKey: 'key-unusable',
};

function fateOfNoAnswer({ kind, reason }: NoAnswer): FateId {
  return kind === 'unanswered' ? fateOfConnection(chainOf(reason)) : BY_KIND[kind];
}

/** Codes of TLS for a certificate that does not hold. They come before a request is sent. */
const CERTIFICATE =
  /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CRL_|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$)/;

function fateOfConnection(chain: readonly Trouble[]): FateId {
  const has = (test: (trouble: Trouble) => boolean): boolean => chain.some(test);
  if (has(({ code }) => code === 'ENOTFOUND' || code.startsWith('EAI_'))) return 'name-not-found';
  if (has(({ code }) => code === 'ECONNREFUSED')) return 'connection-refused';
  if (has(neverConnected)) return 'host-unreachable';
  if (has(({ code }) => CERTIFICATE.test(code))) return 'certificate-refused';
  if (has(({ code }) => /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code))) return 'tls-broken';
  if (has(({ code }) => code === 'UND_ERR_HEADERS_TIMEOUT')) return 'late-before-answer';
  if (has(({ code, name }) => code === 'UND_ERR_HEADERS_OVERFLOW' || name === 'HTTPParserError')) return 'not-http';
  if (has(({ code }) => ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'UND_ERR_SOCKET'].includes(code)))
    return 'connection-reset';
  if (has(({ message }) => /bad port|unknown scheme|Failed to parse URL|includes credentials/i.test(message)))
    return 'address-unusable';
  return 'unforeseen';
}

/** A connection that was never there, or a proxy that made none. Later, the same codes may mean that the request was sent. */
function neverConnected({ code, syscall, message }: Trouble): boolean {
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || /when HTTP Tunneling/.test(message)) return true;
  return syscall === 'connect' && code !== 'ECONNRESET';
}

interface Trouble {
  readonly name: string;
  readonly code: string;
  readonly syscall: unknown;
  readonly message: string;
}

/** An error and what caused it; of a host with several addresses, the error of each. */
function chainOf(error: unknown): Trouble[] {
  if (!(error instanceof Error)) return [];
  const { name, message, cause } = error;
  const { code, syscall, errors = [] } = error as { code?: unknown; syscall?: unknown; errors?: readonly unknown[] };
  const trouble = { name, message, syscall, code: typeof code === 'string' ? code : '' };
  return [trouble, ...errors.flatMap(chainOf), ...chainOf(cause)];
}
