import type { ApplicationFailure } from '@temporalio/common';
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { failure, type FailureType } from '../../contract/failures.ts';

/**
 * What went wrong at a provider, as one of our failures. Connection errors, 408, 409, 429 and 5xx are retryable (with
 * the provider's Retry-After); everything else that it answered is final.
 */
export function modelFailure(error: unknown, model: string, baseUrl: string): ApplicationFailure | Error {
  if (error instanceof APIUserAbortError) return error;
  const cause = error instanceof Error ? { cause: error } : {};
  if (error instanceof APIConnectionTimeoutError) {
    return failure('ModelError.Timeout', `${model} did not answer in time.`, cause);
  }
  if (error instanceof APIConnectionError) {
    return failure('ModelError.Unavailable', `${model} could not be reached: ${reasonOf(error)}.`, cause);
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    const retryAfterMs = retryAfter(error.headers as Headers | undefined);
    const hint = error.status === 404 ? ` (asked at ${baseUrl}: check \`model\` and \`baseUrl\`)` : '';
    return failure(typeOf(error.status), `${model} answered ${error.status}: ${error.message.slice(0, 500)}${hint}`, {
      ...cause,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return failure('ModelError.Unavailable', `${model} failed: ${reasonOf(error)}.`, cause);
}

const REFUSED_UNSEEN = ['ModelError.RateLimit', 'ModelError.Auth', 'ModelError.BadRequest', 'ModelError.TooLarge'];

/** Codes of errors from before a connection was there, so that nothing was ever sent. */
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** True when the provider cannot have charged for the call: it refused it before working on it, or never got it. */
export function isFree(error: ApplicationFailure): boolean {
  return REFUSED_UNSEEN.includes(error.type ?? '') || codesOf(error).some((code) => NEVER_SENT.includes(code));
}

/** Codes of an error and of its causes. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(error.cause)];
}

function typeOf(status: number): FailureType {
  if (status === 401 || status === 403) return 'ModelError.Auth';
  if (status === 408) return 'ModelError.Timeout';
  if (status === 413) return 'ModelError.TooLarge';
  if (status === 429) return 'ModelError.RateLimit';
  if (status === 409 || status >= 500) return 'ModelError.Unavailable';
  return 'ModelError.BadRequest';
}

/** Milliseconds from `retry-after-ms` or `retry-after` in seconds. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact)) return exact;
  const seconds = Number(headers?.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${reasonOf(error.cause)})` : error.message;
}
