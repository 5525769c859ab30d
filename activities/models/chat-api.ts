import type OpenAI from 'openai';
import { z } from 'zod';
import { bodyOf, Tokens, Told, type ApiAnswer } from './api-answer.ts';
import type { ModelRequest } from './port.ts';
import { isStrict } from './strict-schema.ts';

/** The names that servers know the cap on output by. One that does not know a name may ignore it, and spend past the cap. */
export type CapName = 'max_tokens' | 'max_completion_tokens';

/** What differs between servers of Chat Completions. */
export interface ChatDialect {
  readonly cap: CapName;
  /** Whether the server knows `store`; strict ones refuse fields they do not know. */
  readonly store: boolean;
}

/** The part of a completion that we read. */
const Completion = z.looseObject({
  choices: z.array(
    z.looseObject({
      finish_reason: z.string().nullish(),
      message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }),
    }),
  ),
});

/** How an answer ends. Servers have other words for it too, which count where no text came with them. */
const ENDS = ['stop', 'length', 'tool_calls', 'function_call'];

const Used = z.looseObject({
  usage: z.object({
    prompt_tokens: Tokens,
    completion_tokens: Tokens,
    prompt_tokens_details: z.object({ cached_tokens: Tokens }).nullish().catch(undefined),
  }),
});

/** Asks through Chat Completions, with structured output. Raises what the client raises. */
export async function askChat(
  client: OpenAI,
  model: string,
  request: ModelRequest,
  { cap, store }: ChatDialect,
): Promise<ApiAnswer> {
  const asked = client.chat.completions.create(
    {
      model,
      messages: [
        { role: 'system', content: request.instructions },
        { role: 'user', content: request.prompt },
      ],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: request.schemaName,
          schema: { ...request.schema },
          strict: isStrict(request.schema),
        },
      },
      [cap]: request.maxOutputTokens,
      ...(store ? { store: false } : {}),
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    },
    { signal: request.signal, timeout: request.timeoutMs },
  );
  return answerOf(await bodyOf(asked.asResponse()));
}

function answerOf(body: unknown): ApiAnswer {
  const used = Used.safeParse(body).data?.usage;
  const usage = used && {
    inputTokens: used.prompt_tokens,
    outputTokens: used.completion_tokens,
    cachedTokens: used.prompt_tokens_details?.cached_tokens,
  };
  const choices = Completion.safeParse(body).data?.choices;
  if (choices === undefined) return { kind: 'strange', told: Told.safeParse(body).data, usage };
  const [choice] = choices;
  const { content, refusal } = choice?.message ?? {};
  if (choice?.finish_reason === 'content_filter') return { kind: 'filtered', usage };
  if (typeof refusal === 'string' && refusal !== '') return { kind: 'refused', how: refusal, usage };
  const ended = choice?.finish_reason ?? 'stop';
  if (!content && !ENDS.includes(ended)) return { kind: 'unfinished', why: ended, usage };
  // No content, or no choice, is an empty answer: that it does not fit the schema is a verdict, as for any other text.
  return { kind: ended === 'length' ? 'cut' : 'text', text: content ?? '', usage };
}
