import type OpenAI from 'openai';
import { z } from 'zod';
import { bodyOf, Tokens, Told, type ApiAnswer } from './api-answer.ts';
import type { ModelRequest } from './port.ts';
import { isStrict } from './strict-schema.ts';

/** The part of a response that we read; a field that is not of this form counts as not there. */
const Response = z.looseObject({
  status: z.string().optional().catch(undefined),
  incomplete_details: z.looseObject({ reason: z.string() }).optional().catch(undefined),
  output: z
    // Items of other kinds, as reasoning is one, have no content.
    .array(z.looseObject({ type: z.string(), content: z.unknown().optional() }))
    .optional()
    .catch(undefined),
  usage: z
    .object({
      input_tokens: Tokens,
      output_tokens: Tokens,
      input_tokens_details: z.object({ cached_tokens: Tokens }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const Content = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('output_text'), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
]);

/** Asks through the Responses API, with structured output. Raises what the client raises. */
export async function askResponses(client: OpenAI, model: string, request: ModelRequest): Promise<ApiAnswer> {
  const format = {
    type: 'json_schema',
    name: request.schemaName,
    schema: { ...request.schema },
    strict: isStrict(request.schema),
  } as const;
  const asked = client.responses.create(
    {
      model,
      instructions: request.instructions,
      input: request.prompt,
      max_output_tokens: request.maxOutputTokens,
      store: false,
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      text: { format },
    },
    { signal: request.signal, timeout: request.timeoutMs },
  );
  return answerOf(await bodyOf(asked.asResponse()));
}

function answerOf(body: unknown): ApiAnswer {
  const {
    status = 'completed',
    incomplete_details: details,
    output,
    usage: used,
  } = Response.safeParse(body).data ?? {};
  const usage = used && {
    inputTokens: used.input_tokens,
    outputTokens: used.output_tokens,
    cachedTokens: used.input_tokens_details?.cached_tokens,
  };
  if (status === 'incomplete' && details?.reason !== 'max_output_tokens') {
    if (details?.reason === 'content_filter') return { kind: 'filtered', usage };
    return { kind: 'unfinished', why: details?.reason ?? 'it gives no reason', usage };
  }
  const told = Told.safeParse(body).data;
  if (status !== 'incomplete' && status !== 'completed')
    return { kind: 'failed', told: told ?? { message: status }, usage };
  if (output === undefined && status === 'completed') return { kind: 'strange', told, usage };
  const contents = (output ?? [])
    .filter(({ type }) => type === 'message')
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .flatMap((content) => Content.safeParse(content).data ?? []);
  const refusal = contents.find((content) => content.type === 'refusal');
  if (refusal !== undefined) return { kind: 'refused', how: refusal.refusal, usage };
  const text = contents.map((content) => (content.type === 'output_text' ? content.text : '')).join('');
  return { kind: status === 'incomplete' ? 'cut' : 'text', text, usage };
}
