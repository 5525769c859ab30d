import { z } from 'zod';
import { failure, type FailureType } from '../../contract/failures.ts';
import type { Usage } from '../../store/ports.ts';
import { isJson } from './json-answer.ts';
import type { ModelRequest } from './port.ts';

/** What an API answered with 200, whichever it is. */
export type ApiAnswer = { readonly usage: Usage | undefined } & (
  | { readonly kind: 'text'; readonly text: string }
  /** Cut off by the token limit. */
  | { readonly kind: 'cut'; readonly text: string }
  | { readonly kind: 'refused'; readonly how: string }
  | { readonly kind: 'failed'; readonly why: string }
  /** No answer of this API at all; `said` is what it says went wrong, where it says so. */
  | { readonly kind: 'strange'; readonly said: string | undefined }
);

/** A count of tokens in an answer. */
export const Tokens = z.int().min(0);

/** The body of an answer as the value it spells, undefined where it is no JSON. The client's own reading trips over strange bodies. */
export async function bodyOf(response: Promise<Response>): Promise<unknown> {
  const text = await (await response).text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What went wrong, where a body says so. */
export const Told = z
  .looseObject({ error: z.union([z.string(), z.looseObject({ message: z.string() })]) })
  .transform(({ error }) => (typeof error === 'string' ? error : error.message));

/** An answer that is no JSON and used every token it was given was cut, though not every server says so. */
export function orCut(answer: ApiAnswer, { maxOutputTokens }: ModelRequest): ApiAnswer {
  if (answer.kind !== 'text' || isJson(answer.text)) return answer;
  return answer.usage !== undefined && answer.usage.outputTokens >= maxOutputTokens
    ? { ...answer, kind: 'cut' }
    : answer;
}

/** Our failure for an answer that holds no text to use. */
export function answerFailure(
  answer: Exclude<ApiAnswer, { kind: 'text' }>,
  { model, api, baseUrl }: { readonly model: string; readonly api: string; readonly baseUrl: string },
  { maxOutputTokens }: ModelRequest,
): Error {
  const fail = (type: FailureType, text: string): Error =>
    failure(type, `${model} ${text}`, answer.usage === undefined ? {} : { details: [answer.usage] });
  switch (answer.kind) {
    case 'cut':
      return fail(
        'ModelError.Truncated',
        `stopped at \`limits.tokens\` (${maxOutputTokens}) before its answer was whole. Raise \`limits.tokens\` or ask for less.`,
      );
    case 'refused':
      return fail('ModelError.Refused', answer.how.slice(0, 500));
    case 'failed':
      return fail('ModelError.Unavailable', `failed: ${answer.why}.`);
    case 'strange': {
      const said = answer.said === undefined ? '' : `: ${answer.said.slice(0, 300)}`;
      return fail(
        'ModelError.Unavailable',
        `answered with nothing of the ${api} at ${baseUrl}${said}; check its \`baseUrl\`.`,
      );
    }
  }
}
