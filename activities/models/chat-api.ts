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
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
});

const Used = z.looseObject({ usage: z.object({ prompt_tokens: Tokens, completion_tokens: Tokens }) });

/** Asks through Chat Completions, with structured output. Raises what the client raises. */
export async function askChat(
  client: OpenAI,
  model: string,
  request: ModelRequest,
  signal: AbortSignal,
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
    { signal, timeout: request.timeoutMs },
  );
  return answerOf(await bodyOf(asked.asResponse()));
}

function answerOf(body: unknown): ApiAnswer {
  const used = Used.safeParse(body).data?.usage;
  const usage = used && { inputTokens: used.prompt_tokens, outputTokens: used.completion_tokens };
  const choice = Completion.safeParse(body).data?.choices[0];
  if (choice === undefined) return { kind: 'strange', said: Told.safeParse(body).data, usage };
  const { content, refusal } = choice.message;
  if (choice.finish_reason === 'content_filter') {
    return { kind: 'refused', how: 'did not finish: content_filter.', usage };
  }
  if (typeof refusal === 'string' && refusal !== '') return { kind: 'refused', how: `refused: ${refusal}`, usage };
  // No content is an empty answer: that it does not fit the schema is a verdict, as for any other text.
  return { kind: choice.finish_reason === 'length' ? 'cut' : 'text', text: content ?? '', usage };
}
