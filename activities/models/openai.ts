import OpenAI, { APIConnectionTimeoutError } from 'openai';
import { z } from 'zod';
import { failure, type FailureType } from '../../contract/failures.ts';
import type { ModelEndpoint, ModelReply, ModelRequest } from './port.ts';
import { modelFailure } from './model-failure.ts';

/** How to reach an OpenAI-compatible server. */
export interface OpenAiOptions {
  readonly model: string;
  readonly apiKey: string;
  /** Default: OpenAI's own. */
  readonly baseUrl?: string;
}

/** A model behind the Responses API with structured output. One try a call: Temporal owns the retries. */
export function openAiEndpoint(options: OpenAiOptions): ModelEndpoint {
  const client = new OpenAI({
    apiKey: options.apiKey,
    maxRetries: 0,
    ...(options.baseUrl === undefined ? {} : { baseURL: options.baseUrl }),
  });
  return {
    model: options.model,
    async complete(request) {
      return replyOf(options.model, await respond(client, options.model, request), request);
    },
  };
}

async function respond(client: OpenAI, model: string, request: ModelRequest): Promise<OpenAI.Responses.Response> {
  // The client's own timeout ends with the headers; this one also covers an answer that stops in the middle.
  const late = AbortSignal.timeout(request.timeoutMs);
  try {
    return await client.responses.create(
      {
        model,
        instructions: request.instructions,
        input: request.prompt,
        max_output_tokens: request.maxOutputTokens,
        store: false,
        text: {
          format: {
            type: 'json_schema',
            name: request.schemaName,
            schema: { ...request.schema },
            strict: isStrict(request.schema),
          },
        },
      },
      { signal: AbortSignal.any([request.signal, late]), timeout: request.timeoutMs },
    );
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw modelFailure(late.aborted ? new APIConnectionTimeoutError() : error, model);
  }
}

/** What a server says that a call used. */
const Used = z.object({ input_tokens: z.int().min(0), output_tokens: z.int().min(0) });

function replyOf(model: string, response: Partial<OpenAI.Responses.Response>, request: ModelRequest): ModelReply {
  const used = Used.safeParse(response.usage).data;
  const usage = used && { inputTokens: used.input_tokens, outputTokens: used.output_tokens };
  const fail = (type: FailureType, text: string): Error =>
    failure(type, `${model} ${text}`, usage === undefined ? {} : { details: [usage] });
  if (response.status === 'incomplete') {
    const why = response.incomplete_details?.reason ?? 'an unknown reason';
    throw why === 'max_output_tokens'
      ? fail(
          'ModelError.Truncated',
          `stopped at \`limits.tokens\` (${request.maxOutputTokens}) before its answer was whole. Raise \`limits.tokens\` or ask for less.`,
        )
      : fail('ModelError.Refused', `did not finish: ${why}.`);
  }
  if (!Array.isArray(response.output) || (response.status ?? 'completed') !== 'completed') {
    const why = response.error?.message ?? response.status;
    throw fail(
      'ModelError.Unavailable',
      why === undefined ? 'answered with no response of the Responses API; check its `baseUrl`.' : `failed: ${why}.`,
    );
  }
  const contents = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const refusal = contents.find((content) => content.type === 'refusal');
  if (refusal !== undefined) throw fail('ModelError.Refused', `refused: ${refusal.refusal.slice(0, 500)}`);
  return { text: contents.map((content) => (content.type === 'output_text' ? content.text : '')).join(''), usage };
}

/** Strict structured output needs every property required and no others, on every level. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (type === 'object') {
    const names = Object.keys((properties ?? {}) as object);
    const all = Array.isArray(required) && names.every((name) => (required as unknown[]).includes(name));
    if (additionalProperties !== false || !(all || names.length === 0)) return false;
  }
  return Object.values(schema).every(isStrict);
}
