import { z } from 'zod';

const schemaFormat = z.strictObject({
  type: z.literal('json_schema'),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
  description: z.string().optional(),
});

/** The part of the published `CreateResponse` schema that clients of ours may use; anything else is refused, as the API would. */
const CreateResponse = z.strictObject({
  model: z.string().min(1),
  instructions: z.string().nullish(),
  input: z.string(),
  max_output_tokens: z.int().min(16).nullish(),
  store: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  text: z.strictObject({ format: schemaFormat }).optional(),
});

/** The same of `CreateChatCompletionRequest`. */
const CreateCompletion = z.strictObject({
  model: z.string().min(1),
  messages: z.tuple([
    z.strictObject({ role: z.enum(['system', 'developer']), content: z.string() }),
    z.strictObject({ role: z.literal('user'), content: z.string() }),
  ]),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  store: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  response_format: z
    .strictObject({ type: z.literal('json_schema'), json_schema: schemaFormat.omit({ type: true }) })
    .optional(),
});

/** What a request asks. */
export interface Asked {
  readonly model: string;
  readonly instructions: string;
  readonly input: string;
  /** Whether structured output was asked for in its strict form. */
  readonly strict: boolean;
  /** Name of the cap on output, where one was set. */
  readonly cap: string | undefined;
  readonly temperature?: number;
}

/** What a server of Chat Completions may differ in. */
export interface ChatManner {
  /** It knows the cap on output by this name only, and refuses the other. Default: one of the two. */
  readonly cap?: 'max_tokens' | 'max_completion_tokens';
  /** Fields that it refuses because it does not know them. */
  readonly unknown?: readonly string[];
  /** False: its models take no temperature, as reasoning models do. */
  readonly temperature?: false;
}

/** What a request to the Responses API asks, or why it is refused. */
export function asResponse(body: unknown): Asked | string {
  const parsed = CreateResponse.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { model, instructions, input, text, temperature, max_output_tokens: cap } = parsed.data;
  const strict = text?.format.strict === true;
  const why = strict ? whyNotStrict(text.format.schema, '$') : undefined;
  const capName = typeof cap === 'number' ? 'max_output_tokens' : undefined;
  const warmth = typeof temperature === 'number' ? { temperature } : {};
  return why ?? { model, instructions: instructions ?? '', input, strict, cap: capName, ...warmth };
}

/** What a request to Chat Completions asks, or why it is refused. */
export function asCompletion(body: unknown, { cap: only, unknown = [] }: ChatManner): Asked | string {
  const parsed = CreateCompletion.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const caps = (['max_tokens', 'max_completion_tokens'] as const).filter(
    (name) => typeof parsed.data[name] === 'number',
  );
  if (caps.length > 1) return "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
  const [cap] = caps;
  if (only !== undefined && cap !== undefined && cap !== only)
    return `Unsupported parameter: '${cap}' is not supported with this model. Use '${only}' instead.`;
  const stranger = unknown.find((name) => Object.hasOwn(parsed.data, name));
  if (stranger !== undefined) return `Unknown parameter: '${stranger}'.`;
  const { model, messages, response_format: format } = parsed.data;
  const strict = format?.json_schema.strict === true;
  const why = strict ? whyNotStrict(format.json_schema.schema, '$') : undefined;
  return why ?? { model, instructions: messages[0].content, input: messages[1].content, strict, cap };
}

/** Strict structured output: an object at the root, every property required, no others, on every level. */
function whyNotStrict(schema: unknown, at: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (at === '$' && type !== 'object')
    return `Invalid schema: schema must be a JSON Schema of 'type: "object"', got '${String(type)}'.`;
  if (type === 'object') {
    if (additionalProperties !== false)
      return `Invalid schema at ${at}: 'additionalProperties' is required to be supplied and to be false.`;
    const missing = Object.keys((properties ?? {}) as object).find(
      (name) => !((required ?? []) as string[]).includes(name),
    );
    if (missing !== undefined)
      return `Invalid schema at ${at}: 'required' must include every key in properties; missing '${missing}'.`;
  }
  for (const [key, value] of Object.entries(schema)) {
    const why = whyNotStrict(value, `${at}.${key}`);
    if (why !== undefined) return why;
  }
  return undefined;
}
