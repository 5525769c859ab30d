import OpenAI from 'openai';
import { failure } from '../../contract/failures.ts';
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
      const response = await respond(client, options.model, request);
      return replyOf(response, request);
    },
  };
}

async function respond(client: OpenAI, model: string, request: ModelRequest): Promise<OpenAI.Responses.Response> {
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
      { signal: request.signal, timeout: request.timeoutMs },
    );
  } catch (error) {
    throw modelFailure(error, model);
  }
}

function replyOf(response: OpenAI.Responses.Response, request: ModelRequest): ModelReply {
  const usage = {
    inputTokens: response.usage?.input_tokens ?? 0,
    outputTokens: response.usage?.output_tokens ?? 0,
  };
  if (response.status === 'incomplete') {
    const why = response.incomplete_details?.reason ?? 'an unknown reason';
    if (why === 'max_output_tokens') {
      throw failure(
        'ModelError.Truncated',
        `${response.model} stopped at \`limits.tokens\` (${request.maxOutputTokens}) before its answer was whole. Raise \`limits.tokens\` or ask for less.`,
        { details: [usage] },
      );
    }
    throw failure('ModelError.Refused', `${response.model} did not finish: ${why}.`, { details: [usage] });
  }
  const refusal = response.output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .find((content) => content.type === 'refusal');
  if (refusal?.type === 'refusal') {
    throw failure('ModelError.Refused', `${response.model} refused: ${refusal.refusal.slice(0, 500)}`, {
      details: [usage],
    });
  }
  return { text: response.output_text, usage };
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
