import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerOddly, type OddBody } from './odd-bodies.ts';
import { asCompletion, asResponse, type Asked, type ChatManner } from './openai-requests.ts';

/** What the fake answers to one request. */
export type Scripted =
  /** With `usage: null` the answer does not say what it used. */
  | {
      readonly json: unknown;
      readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number } | null;
    }
  | {
      readonly text: string;
      readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number };
    }
  | { readonly refusal: string }
  /** An incomplete answer; `because` is `max_output_tokens` unless said otherwise. */
  | { readonly truncated: string; readonly because?: string }
  /** A 200 with any body. */
  | { readonly body: unknown }
  /** Hangs up without an answer. */
  | { readonly reset: true }
  /** Answers half of a body, and no more. */
  | { readonly stalls: true }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** What its body says of the error; default: that it is scripted. */
      readonly error?: { readonly message: string; readonly type?: string; readonly code?: string };
    }
  | { readonly odd: OddBody }
  /** Never answers: the call stays in flight. */
  | { readonly hang: true }
  /** Waits until the promise resolves, then answers. */
  | { readonly after: Promise<unknown>; readonly answer: Scripted };

/** A request as the fake got it. */
export interface Seen extends Asked {
  readonly api: 'responses' | 'chat';
  /** Address and query, e.g. `/v1/responses`. */
  readonly path: string;
  /** The header with the key, e.g. `api-key: test`. */
  readonly key: string;
  /** True when the client hung up before the answer. */
  aborted: boolean;
  /** Bytes that its connection has carried to the client. */
  readonly sent: () => number;
}

/** In what the server differs from OpenAI's. What it does so takes nothing from the script. */
export interface FakeManner extends ChatManner {
  /** Its Responses API answers this, `ignoresFormat`: free text, whatever format is asked for; billed. */
  readonly responses?: 'ignoresFormat' | { readonly status: number; readonly body: unknown };
  /** Models that it lists; none by default. */
  readonly models?: readonly string[];
}

/** What a server says that has the format in no sight. */
export const FREE_TEXT = 'Sure! Here is a title for you: Owls of the night.';

/** What answers a request: a list used up in order, or a function of the request. */
export type Script = Scripted[] | ((seen: Seen, count: number) => Scripted);

/** Addresses of the two APIs: OpenAI's, Azure's v1, and Azure's of old with a version and, for chat, a deployment. */
const ROUTES = {
  responses: /^(\/v1|\/openai\/v1)\/responses$|^\/openai\/responses\?api-version=[\w-]+$/,
  chat: /^(\/v1|\/openai\/v1)\/chat\/completions$|^\/openai\/deployments\/[\w.-]+\/chat\/completions\?api-version=[\w-]+$/,
};

/** An OpenAI-compatible server over real HTTP. It fails loudly when its script runs out and refuses what the API would refuse. */
export class FakeOpenAi {
  readonly seen: Seen[] = [];
  /** What the provider would bill, in tokens. */
  readonly billed = { input: 0, output: 0, calls: 0 };
  /** Requests that were refused or found no script: a test ends with this empty. */
  readonly complaints: string[] = [];
  readonly #script: Script;
  readonly #manner: FakeManner;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(script: Script, manner: FakeManner = {}) {
    this.#script = script;
    this.#manner = manner;
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
    const path = request.url ?? '';
    if (request.method === 'GET' && path.endsWith('/models'))
      return send(response, 200, {
        object: 'list',
        data: (this.#manner.models ?? []).map((id) => ({ id, object: 'model' })),
      });
    const body: unknown = JSON.parse(await read(request));
    const api = ROUTES.responses.test(path) ? 'responses' : ROUTES.chat.test(path) ? 'chat' : undefined;
    const { responses } = this.#manner;
    if (api === 'responses' && typeof responses === 'object') return send(response, responses.status, responses.body);
    if (api === undefined || request.method !== 'POST') return this.#refuse(response, `no route ${path}`);
    const asked = api === 'responses' ? asResponse(body) : asCompletion(body, this.#manner);
    if (typeof asked !== 'string' && asked.temperature !== undefined && this.#manner.temperature === false) {
      const message = "Unsupported parameter: 'temperature' is not supported with this model.";
      return this.#refuse(response, message, true);
    }
    if (typeof asked === 'string')
      return this.#refuse(response, asked, api === 'chat' && this.#manner.cap !== undefined);
    const seen: Seen = { ...asked, api, path, key: keyOf(request), aborted: false, sent: sentBy(request.socket) };
    this.seen.push(seen);
    response.on('close', () => (seen.aborted = !response.writableFinished));
    if (api === 'responses' && responses === 'ignoresFormat') {
      return await this.#reply(response, seen, { text: FREE_TEXT });
    }
    const scripted = Array.isArray(this.#script) ? this.#script.shift() : this.#script(seen, this.seen.length);
    if (scripted === undefined)
      return this.#refuse(response, `no more scripted answers (asked ${this.seen.length} times)`);
    await this.#reply(response, seen, scripted);
  }

  /** Answers 400; a refusal that belongs to the server's manner is no complaint. */
  #refuse(response: ServerResponse, message: string, expected = false): void {
    if (!expected) this.complaints.push(message);
    send(response, 400, { error: { message, type: 'invalid_request_error' } });
  }

  async #reply(response: ServerResponse, seen: Seen, scripted: Scripted): Promise<void> {
    if ('hang' in scripted) return;
    if ('reset' in scripted) return void response.socket?.destroy();
    if ('stalls' in scripted)
      return void response.writeHead(200, { 'content-type': 'application/json' }).write('{ "id": ');
    if ('odd' in scripted) return await answerOddly(response, scripted.odd);
    if ('body' in scripted) return send(response, 200, scripted.body);
    if ('after' in scripted) {
      await scripted.after;
      return await this.#reply(response, seen, scripted.answer);
    }
    if ('status' in scripted) {
      return send(
        response,
        scripted.status,
        { error: scripted.error ?? { message: `scripted ${scripted.status}`, type: 'scripted' } },
        scripted.headers,
      );
    }
    const said = 'usage' in scripted ? scripted.usage : undefined;
    const usage = said ?? { input: 100, output: 20 };
    this.billed.input += usage.input;
    this.billed.output += usage.output;
    this.billed.calls += 1;
    const answer = (seen.api === 'chat' ? completionBody : responseBody)(seen.model, scripted, usage);
    send(response, 200, said === null ? { ...answer, usage: undefined } : answer);
  }
}

type Answered = Extract<Scripted, { json: unknown } | { text: string } | { refusal: string } | { truncated: string }>;

function textOf(scripted: Exclude<Answered, { refusal: string }>): string {
  return 'json' in scripted ? JSON.stringify(scripted.json) : 'text' in scripted ? scripted.text : scripted.truncated;
}

function responseBody(model: string, scripted: Answered, usage: { input: number; output: number; cached?: number }) {
  const truncated = 'truncated' in scripted;
  const content =
    'refusal' in scripted
      ? { type: 'refusal', refusal: scripted.refusal }
      : { type: 'output_text', annotations: [], text: textOf(scripted) };
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
      input_tokens_details: { cached_tokens: usage.cached ?? 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

function completionBody(model: string, scripted: Answered, usage: { input: number; output: number; cached?: number }) {
  const cut = 'truncated' in scripted ? (scripted.because ?? 'length') : undefined;
  const message =
    'refusal' in scripted
      ? { role: 'assistant', content: null, refusal: scripted.refusal }
      : { role: 'assistant', content: textOf(scripted), refusal: null };
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 0,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: cut ?? 'stop' }],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
    },
  };
}

/** Bytes written to a connection from now on. */
function sentBy(socket: Socket): () => number {
  const before = socket.bytesWritten;
  return () => socket.bytesWritten - before;
}

/** The one header with the key; two would be a mistake, and are both shown. */
function keyOf({ headers }: IncomingMessage): string {
  return (['authorization', 'api-key'] as const)
    .filter((name) => headers[name] !== undefined)
    .map((name) => `${name}: ${String(headers[name])}`)
    .join(', ');
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
