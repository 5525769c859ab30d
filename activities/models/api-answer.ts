import { z } from 'zod';
import type { Usage } from '../../store/ports.ts';
import { isJson } from './json-answer.ts';
import { NoAnswer } from './no-answer.ts';
import type { ModelRequest } from './port.ts';

/** What an API answered with 200, whichever it is. */
export type ApiAnswer = { readonly usage: Usage | undefined } & (
  | { readonly kind: 'text'; readonly text: string }
  /** Cut off by the token limit. */
  | { readonly kind: 'cut'; readonly text: string }
  | { readonly kind: 'refused'; readonly how: string }
  /** Stopped by a content filter. */
  | { readonly kind: 'filtered' }
  /** Not whole, for a reason that we do not know. */
  | { readonly kind: 'unfinished'; readonly why: string }
  | { readonly kind: 'failed'; readonly told: ToldError }
  /** No answer of this API at all; `told` is what it says went wrong, where it says so. */
  | { readonly kind: 'strange'; readonly told: ToldError | undefined }
);

/** What a body says went wrong. */
export interface ToldError {
  readonly message: string;
  readonly code?: unknown;
  readonly type?: unknown;
}

/** A count of tokens in an answer. */
export const Tokens = z.int().min(0);

/**
 * The value that the body of an answer spells, whatever its headers say of it. The client's own reading trips over strange
 * bodies, and takes bytes that are no UTF-8 for others.
 * @throws NoAnswer
 */
export async function bodyOf(response: Promise<Response>): Promise<unknown> {
  const text = textOf(await (await response).arrayBuffer());
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new NoAnswer('notJson', text === '' ? 'an empty body' : text);
  }
}

function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new NoAnswer('notUtf8');
  }
}

/** What went wrong, where a body says so. */
export const Told = z
  .looseObject({ error: z.union([z.string(), z.looseObject({ message: z.string() })]) })
  .transform(({ error }): ToldError => (typeof error === 'string' ? { message: error } : error));

/** An answer that is no JSON and used every token it was given was cut, though not every server says so. */
export function orCut(answer: ApiAnswer, { maxOutputTokens }: ModelRequest): ApiAnswer {
  if (answer.kind !== 'text' || isJson(answer.text)) return answer;
  return answer.usage !== undefined && answer.usage.outputTokens >= maxOutputTokens
    ? { ...answer, kind: 'cut' }
    : answer;
}
