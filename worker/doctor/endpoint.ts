import { APIConnectionError, APIError } from 'openai';
import { noAnswerIn } from '../../activities/models/no-answer.ts';
import type { ModelServer } from '../../activities/models/openai-client.ts';

/** What came of asking a model server for its list of models. */
export type EndpointAnswer =
  | { readonly kind: 'unreachable'; readonly reason: string }
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Ids of the list; absent where the answer is no list of models. */
      readonly models?: readonly string[];
      /** The server's clock, in milliseconds since 1970, and ours when it was read. */
      readonly clock?: { readonly date: number; readonly readAt: number };
    };

/** Longest list that is read, in bytes: the largest routers list some thousand models. */
export const LONGEST_LIST = 20_000_000;

/** Asks `GET {baseUrl}/models`, for at most `timeoutMs`: free of charge, and refused with 401 where the key is wrong. Never throws. */
export async function askEndpoint(
  { client }: ModelServer,
  { timeoutMs, now }: { readonly timeoutMs: number; readonly now: () => number },
): Promise<EndpointAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await client.get('/models', { signal }).asResponse();
    const clock = clockOf(response.headers, now());
    const models = modelsIn(await response.text());
    return { kind: 'answered', status: response.status, ...clock, ...(models === undefined ? {} : { models }) };
  } catch (error) {
    if (signal.aborted) return { kind: 'unreachable', reason: `no answer within ${timeoutMs / 1000} s` };
    if (!(error instanceof APIError) || error instanceof APIConnectionError || typeof error.status !== 'number')
      return { kind: 'unreachable', reason: inWords(error) };
    return { kind: 'answered', status: error.status, ...clockOf(error.headers as Headers | undefined, now()) };
  }
}

function clockOf(headers: Headers | undefined, readAt: number): { clock?: { date: number; readAt: number } } {
  const date = Date.parse(headers?.get('date') ?? '');
  return Number.isNaN(date) ? {} : { clock: { date, readAt } };
}

function modelsIn(text: string): string[] | undefined {
  try {
    const { data } = JSON.parse(text) as { data?: unknown };
    if (!Array.isArray(data)) return undefined;
    const ids = data.map((item: unknown) => (item as { id?: unknown } | null)?.id);
    return ids.filter((id): id is string => typeof id === 'string');
  } catch {
    return undefined;
  }
}

/** `Connection error.` and `fetch failed` say nothing; what is at the bottom of them does. */
function inWords(error: unknown): string {
  const noAnswer = noAnswerIn(error);
  if (noAnswer?.kind === 'tooLarge') return `its list of models has more than ${LONGEST_LIST / 1e6} MB`;
  if (noAnswer?.reason instanceof Error) return inWords(noAnswer.reason);
  const { message, cause, code } = error as Error & { cause?: unknown; code?: unknown };
  if (cause instanceof Error) return inWords(cause);
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its host is not found (no network?)';
  return typeof code === 'string' ? code : message;
}
