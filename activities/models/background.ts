import { setTimeout as pause } from 'node:timers/promises';
import { APIConnectionError, APIError, type OpenAI } from 'openai';
import { z } from 'zod';
import { bodyOf, type ApiAnswer } from './api-answer.ts';
import { NoAnswer } from './no-answer.ts';
import type { Background, ModelRequest } from './port.ts';
import { responseAnswer, responseParameters } from './responses-api.ts';

/** First and longest wait between two looks at a response, in milliseconds. */
const FIRST_LOOK_MS = 250;
const LAST_LOOK_MS = 5000;

/** How long a provider may take to say that it has stopped, in milliseconds. */
const CANCEL_MS = 5000;

const Begun = z.looseObject({ id: z.string().min(1), status: z.string().optional() });

/** Where a response stands. */
type Look = { readonly kind: 'going' } | { readonly kind: 'done'; readonly body: unknown } | { readonly kind: 'gone' };

/**
 * Asks through the Responses API in its background mode: the response goes on at the provider whoever looks at it, so who
 * tries a call again after a kill picks it up and it is paid once. Cancelled with the call, unless another try will take it over.
 */
export async function askInBackground(
  client: OpenAI,
  model: string,
  request: ModelRequest,
  background: Background,
): Promise<ApiAnswer> {
  const end = Date.now() + request.timeoutMs;
  const { response: known } = background;
  const begun = known === undefined ? await begin(client, model, request, background) : { id: known };
  if ('body' in begun && isDone(begun.body)) return responseAnswer(begun.body);
  try {
    return await lookUntilDone(client, begun.id, request.signal, end);
  } catch (error) {
    if (!(await background.leave())) await cancelResponse(client, begun.id);
    throw error;
  }
}

async function begin(
  client: OpenAI,
  model: string,
  request: ModelRequest,
  background: Background,
): Promise<{ id: string; body: unknown }> {
  const asked = client.responses.create(
    { ...responseParameters(model, request), background: true, store: true },
    { signal: request.signal, timeout: request.timeoutMs },
  );
  const body = await bodyOf(asked.asResponse());
  const begun = Begun.safeParse(body);
  // Whatever it is, it says by itself what is wrong with it.
  if (!begun.success) return { id: '', body };
  const { id } = begun.data;
  await background.note(id).catch(async (error: unknown) => {
    // Nobody would know of it.
    await cancelResponse(client, id);
    throw error;
  });
  return { id: begun.data.id, body };
}

async function lookUntilDone(client: OpenAI, id: string, signal: AbortSignal, end: number): Promise<ApiAnswer> {
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(LAST_LOOK_MS, waitMs * 1.5)) {
    const leftMs = end - Date.now();
    if (leftMs <= 0) throw new NoAnswer('late');
    await pause(Math.min(waitMs, leftMs), undefined, { signal });
    try {
      const look = await lookAt(client, id, signal);
      if (look.kind === 'done') return responseAnswer(look.body);
      if (look.kind === 'gone') return gone(id);
    } catch (error) {
      // The response goes on whether it is looked at or not.
      if (signal.aborted || !isPassing(error)) throw error;
    }
  }
}

/** Looks at a response once. */
async function lookAt(client: OpenAI, id: string, signal: AbortSignal): Promise<Look> {
  try {
    const body = await bodyOf(client.responses.retrieve(id, {}, { signal, timeout: 30_000 }).asResponse());
    return isDone(body) ? { kind: 'done', body } : { kind: 'going' };
  } catch (error) {
    if (error instanceof APIError && error.status === 404) return { kind: 'gone' };
    throw error;
  }
}

function isDone(body: unknown): boolean {
  const { status } = (body ?? {}) as { status?: unknown };
  return status !== 'queued' && status !== 'in_progress';
}

function isPassing(error: unknown): boolean {
  if (error instanceof APIConnectionError || error instanceof NoAnswer) return true;
  const status = error instanceof APIError && typeof error.status === 'number' ? error.status : 0;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function gone(id: string): ApiAnswer {
  return { kind: 'failed', told: { message: `the provider knows no response ${id} any more` }, usage: undefined };
}

async function cancelResponse(client: OpenAI, id: string): Promise<void> {
  await client.responses.cancel(id, { timeout: CANCEL_MS }).catch(() => {
    // It may be done already, or the provider away: the call is booked at its worst case all the same.
  });
}

/** What became of a response that nobody waits for any more: its answer, `going`, or undefined where the provider does not say, or it was cancelled. */
export async function recoverResponse(
  client: OpenAI,
  id: string,
  cancel: boolean,
): Promise<ApiAnswer | 'going' | undefined> {
  try {
    const look = await lookAt(client, id, AbortSignal.timeout(30_000));
    if (look.kind === 'going' && !cancel) return 'going';
    if (look.kind === 'going') await cancelResponse(client, id);
    return look.kind === 'done' ? responseAnswer(look.body) : undefined;
  } catch {
    return undefined;
  }
}
