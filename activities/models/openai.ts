import { ApplicationFailure } from '@temporalio/common';
import type { Usage } from '../../store/ports.ts';
import { orCut, type ApiAnswer } from './api-answer.ts';
import { askInBackground, recoverResponse } from './background.ts';
import { askChat, type CapName } from './chat-api.ts';
import type { CallEnd } from './classify.ts';
import { unfenced } from './json-answer.ts';
import { modelFailure } from './model-failure.ts';
import { NoAnswer } from './no-answer.ts';
import { modelServer, type ModelServer, type ServerOptions } from './openai-client.ts';
import type { ModelEndpoint, ModelReply, ModelRequest } from './port.ts';
import { askResponses } from './responses-api.ts';
import { servedAs } from './same-model.ts';
import { ignoresFormat, lacksResponses, refusesTemperature, wantsOtherCap } from './signs.ts';

/** An API that a server may speak. */
export type ModelApi = 'responses' | 'chat';

/** How to reach an OpenAI-compatible server, and through which API. */
export interface OpenAiOptions extends ServerOptions {
  /** Default: Responses; where the server is not OpenAI's own, it is left for Chat Completions when it does not work there. */
  readonly api?: ModelApi;
  /** Told once when the endpoint changes how it asks. */
  readonly report?: (text: string) => void;
  /** Responses go on at the provider, and are picked up again after a kill. Only where the Responses API has it. */
  readonly background?: boolean;
}

/** Longest response in the background, in milliseconds; a step may take a little longer (`workflows/proxies.ts`). */
const BACKGROUND_TIMEOUT_MS = 55 * 60_000;

/** Nothing was used. */
const FREE = { inputTokens: 0, outputTokens: 0 } as const;

/** What a header may hold. */
const SENDABLE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

const API_NAMES = { responses: 'Responses API', chat: 'Chat Completions API' } as const;

/**
 * A model behind the Responses API or Chat Completions, with structured output. A server whose Responses API is not there
 * or ignores the format, before it ever kept to it, is asked through Chat Completions from then on, and that is said once.
 */
export function openAiEndpoint(options: OpenAiOptions): ModelEndpoint {
  return new OpenAiEndpoint(options);
}

/** How it asks is learnt from what the server answers, and lasts as long as the process. */
class OpenAiEndpoint implements ModelEndpoint {
  readonly model: string;
  readonly served: string;
  readonly #server: ModelServer;
  readonly #apiKey: string;
  readonly #report: (text: string) => void;
  readonly background?: { readonly timeoutMs: number };
  #api: ModelApi;
  /** While false, an answer that does not keep to the format moves the endpoint to Chat Completions. */
  #proven: boolean;
  #cap: CapName;
  #capLearnt = false;
  /** Reasoning models take none. */
  #takesTemperature = true;

  constructor(options: OpenAiOptions) {
    this.model = options.model;
    this.served = servedAs(options);
    this.#server = modelServer(options);
    this.#apiKey = options.apiKey;
    this.#report = options.report ?? (() => {});
    this.#api = options.api ?? 'responses';
    if (options.background === true) this.background = { timeoutMs: BACKGROUND_TIMEOUT_MS };
    this.#proven = options.api !== undefined || options.background === true || this.#server.kind === 'openai';
    // Ollama ignores the newer name without a word (ollama#7125); OpenAI's reasoning models refuse the older one.
    this.#cap = this.#server.kind === 'compatible' ? 'max_tokens' : 'max_completion_tokens';
  }

  async complete(request: ModelRequest): Promise<ModelReply> {
    // How this call asks: another one may change it for later ones while this one is under way.
    const [api, cap] = [this.#api, this.#cap];
    try {
      const answer = await this.#ask(api, cap, request);
      return this.#replyTo(api, orCut(answer, request), request);
    } catch (error) {
      if (request.signal.aborted || error instanceof ApplicationFailure) throw error;
      if (api === 'responses' && !this.#proven && lacksResponses(error))
        return this.#move(FREE, 'has no Responses API');
      if (request.temperature !== undefined && this.#takesTemperature && refusesTemperature(error)) {
        this.#takesTemperature = false;
        return askAgain(FREE);
      }
      if (api === 'chat' && wantsOtherCap(error) && this.#learnsCap(cap)) return askAgain(FREE);
      throw this.#failure({ raised: error }, api, request);
    }
  }

  async recover(response: string, cancel: boolean): Promise<Usage | 'going' | undefined> {
    const found = await recoverResponse(this.#server.client, response, cancel);
    return found === undefined || found === 'going' ? found : found.usage;
  }

  async #ask(api: ModelApi, cap: CapName, asked: ModelRequest): Promise<ApiAnswer> {
    const { client, model, kind } = this.#server;
    const { temperature, ...plain } = asked;
    const request = temperature === undefined || !this.#takesTemperature ? plain : asked;
    // The client's own complaint about it would have the key in its words.
    if (!SENDABLE.test(this.#apiKey)) throw new NoAnswer('badKey');
    const { background } = request;
    if (api === 'responses' && background !== undefined)
      return await askInBackground(client, model, request, background);
    if (api === 'responses') return await askResponses(client, model, request);
    return await askChat(client, model, request, { cap, store: kind === 'openai' });
  }

  #failure(end: CallEnd, api: ModelApi, { maxOutputTokens, timeoutMs }: ModelRequest): Error {
    return modelFailure(end, {
      model: this.model,
      api: API_NAMES[api],
      baseUrl: withoutPassword(this.#server.baseUrl),
      apiKey: this.#apiKey,
      maxOutputTokens,
      timeoutMs,
    });
  }

  #replyTo(api: ModelApi, answer: ApiAnswer, request: ModelRequest): ModelReply {
    if (api === 'responses' && !this.#proven && ignoresFormat(answer, request.schema)) {
      return this.#move(answer.usage, 'ignores the format that it is asked for through the Responses API');
    }
    if (answer.kind !== 'text') throw this.#failure({ answered: answer }, api, request);
    const text = unfenced(answer.text);
    // A server that keeps to a format writes no fences: a fenced answer is taken, but proves nothing.
    if (api === 'responses' && text === answer.text) this.#proven = true;
    return { text, usage: answer.usage };
  }

  /** From now on Chat Completions. Of several calls under way, the first one moves the endpoint and says so. */
  #move(usage: Usage | undefined, why: string): ModelReply {
    if (this.#api === 'responses') {
      this.#api = 'chat';
      this.#report(
        `${this.model} at ${withoutPassword(this.#server.baseUrl)} ${why}, so it is asked through Chat Completions from now on. ` +
          'To spare the first try, set `api: chat` for its route in loopwright.yaml.',
      );
    }
    return askAgain(usage);
  }

  /** Whether asking again will use another name for the cap than this call did. It changes once. */
  #learnsCap(sent: CapName): boolean {
    if (this.#cap !== sent) return true;
    if (this.#capLearnt) return false;
    this.#cap = sent === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    this.#capLearnt = true;
    return true;
  }
}

function askAgain(usage: Usage | undefined): ModelReply {
  return { text: '', usage, askAgain: true };
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//');
}
