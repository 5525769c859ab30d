import { ApplicationFailure } from '@temporalio/common';
import { APIConnectionTimeoutError } from 'openai';
import type { Usage } from '../../store/ports.ts';
import { answerFailure, orCut, type ApiAnswer } from './api-answer.ts';
import { askChat, type CapName } from './chat-api.ts';
import { unfenced } from './json-answer.ts';
import { modelFailure } from './model-failure.ts';
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
}

/** Nothing was used. */
const FREE = { inputTokens: 0, outputTokens: 0 } as const;

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
  readonly #report: (text: string) => void;
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
    this.#report = options.report ?? (() => {});
    this.#api = options.api ?? 'responses';
    this.#proven = options.api !== undefined || this.#server.kind === 'openai';
    // Ollama ignores the newer name without a word (ollama#7125); OpenAI's reasoning models refuse the older one.
    this.#cap = this.#server.kind === 'compatible' ? 'max_tokens' : 'max_completion_tokens';
  }

  async complete(request: ModelRequest): Promise<ModelReply> {
    // The client's own timeout ends with the headers; this one also covers an answer that stops in the middle.
    const late = AbortSignal.timeout(request.timeoutMs);
    const signal = AbortSignal.any([request.signal, late]);
    // How this call asks: another one may change it for later ones while this one is under way.
    const [api, cap] = [this.#api, this.#cap];
    try {
      const answer = await this.#ask(api, cap, request, signal);
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
      throw modelFailure(late.aborted ? new APIConnectionTimeoutError() : error, this.model, this.#server.baseUrl);
    }
  }

  async #ask(api: ModelApi, cap: CapName, asked: ModelRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const { client, model, kind } = this.#server;
    const { temperature, ...plain } = asked;
    const request = temperature === undefined || !this.#takesTemperature ? plain : asked;
    if (api === 'responses') return await askResponses(client, model, request, signal);
    return await askChat(client, model, request, signal, { cap, store: kind === 'openai' });
  }

  #replyTo(api: ModelApi, answer: ApiAnswer, request: ModelRequest): ModelReply {
    if (api === 'responses' && !this.#proven && ignoresFormat(answer, request.schema)) {
      return this.#move(answer.usage, 'ignores the format that it is asked for through the Responses API');
    }
    if (answer.kind !== 'text') {
      const { baseUrl } = this.#server;
      throw answerFailure(answer, { model: this.model, api: API_NAMES[api], baseUrl }, request);
    }
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
        `${this.model} at ${this.#server.baseUrl} ${why}, so it is asked through Chat Completions from now on. ` +
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
