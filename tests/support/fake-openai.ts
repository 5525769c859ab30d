import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** What the fake answers to one request. */
export type Scripted =
  /** With `usage: null` the answer does not say what it used. */
  | { readonly json: unknown; readonly usage?: { readonly input: number; readonly output: number } | null }
  | { readonly text: string }
  | { readonly refusal: string }
  /** An incomplete answer; `because` is `max_output_tokens` unless said otherwise. */
  | { readonly truncated: string; readonly because?: string }
  /** A 200 with any body. */
  | { readonly body: unknown }
  /** Hangs up without an answer. */
  | { readonly reset: true }
  /** Answers half of a body, and no more. */
  | { readonly stalls: true }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Never answers: the call stays in flight. */
  | { readonly hang: true }
  /** Waits until the promise resolves, then answers. */
  | { readonly after: Promise<unknown>; readonly answer: Scripted };

/** A request as the fake got it. */
export interface Seen {
  readonly model: string;
  readonly instructions: string;
  readonly input: string;
  /** Whether structured output was asked for in its strict form. */
  readonly strict: boolean;
  /** True when the client hung up before the answer. */
  aborted: boolean;
}

/** What answers a request: a list used up in order, or a function of the request. */
export type Script = Scripted[] | ((seen: Seen, count: number) => Scripted);

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

/** An OpenAI-compatible server over real HTTP. It fails loudly when its script runs out and refuses what the API would refuse. */
export class FakeOpenAi {
  readonly seen: Seen[] = [];
  /** What the provider would bill, in tokens. */
  readonly billed = { input: 0, output: 0, calls: 0 };
  /** Requests that were refused or found no script: a test ends with this empty. */
  readonly complaints: string[] = [];
  readonly #script: Script;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(script: Script) {
    this.#script = script;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = CreateResponse.safeParse(JSON.parse(await read(request)));
    const wrong =
      request.url === '/v1/responses' && request.method === 'POST' ? whyWrong(body) : `no route ${request.url}`;
    if (wrong !== undefined) return this.#refuse(response, wrong);
    const { model, instructions, input, text } = body.data as z.infer<typeof CreateResponse>;
    const strict = text?.format.strict === true;
    const seen: Seen = { model, instructions: instructions ?? '', input, strict, aborted: false };
    this.seen.push(seen);
    response.on('close', () => (seen.aborted = !response.writableFinished));
    const scripted = Array.isArray(this.#script) ? this.#script.shift() : this.#script(seen, this.seen.length);
    if (scripted === undefined)
      return this.#refuse(response, `no more scripted answers (asked ${this.seen.length} times)`);
    await this.#reply(response, seen, scripted);
  }

  #refuse(response: ServerResponse, message: string): void {
    this.complaints.push(message);
    send(response, 400, { error: { message, type: 'invalid_request_error' } });
  }

  async #reply(response: ServerResponse, seen: Seen, scripted: Scripted): Promise<void> {
    if ('hang' in scripted) return;
    if ('reset' in scripted) return void response.socket?.destroy();
    if ('stalls' in scripted)
      return void response.writeHead(200, { 'content-type': 'application/json' }).write('{ "id": ');
    if ('body' in scripted) return send(response, 200, scripted.body);
    if ('after' in scripted) {
      await scripted.after;
      return await this.#reply(response, seen, scripted.answer);
    }
    if ('status' in scripted) {
      return send(
        response,
        scripted.status,
        { error: { message: `scripted ${scripted.status}`, type: 'scripted' } },
        scripted.headers,
      );
    }
    const said = 'usage' in scripted ? scripted.usage : undefined;
    const usage = said ?? { input: 100, output: 20 };
    this.billed.input += usage.input;
    this.billed.output += usage.output;
    this.billed.calls += 1;
    const answer = responseBody(seen.model, scripted, usage);
    send(response, 200, said === null ? { ...answer, usage: undefined } : answer);
  }
}

function responseBody(
  model: string,
  scripted: Extract<Scripted, { json: unknown } | { text: string } | { refusal: string } | { truncated: string }>,
  usage: { input: number; output: number },
) {
  const truncated = 'truncated' in scripted;
  const content =
    'refusal' in scripted
      ? { type: 'refusal', refusal: scripted.refusal }
      : {
          type: 'output_text',
          annotations: [],
          text: 'json' in scripted ? JSON.stringify(scripted.json) : truncated ? scripted.truncated : scripted.text,
        };
  return {
    id: 'resp_fake',
    object: 'response',
    created_at: 0,
    model,
    status: truncated ? 'incomplete' : 'completed',
    incomplete_details: truncated ? { reason: scripted.because ?? 'max_output_tokens' } : null,
    error: null,
    output: [{ id: 'msg_fake', type: 'message', role: 'assistant', status: 'completed', content: [content] }],
    usage: {
      input_tokens: usage.input,
      output_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

function whyWrong(body: z.ZodSafeParseResult<z.infer<typeof CreateResponse>>): string | undefined {
  if (!body.success) return z.prettifyError(body.error);
  const format = body.data.text?.format;
  return format?.strict === true ? whyNotStrict(format.schema, '$') : undefined;
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

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
