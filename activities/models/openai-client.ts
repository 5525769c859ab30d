import OpenAI, { AzureOpenAI, type ClientOptions } from 'openai';
import { boundedFetch, type AnswerLimits } from './bounded-fetch.ts';

/** OpenAI's own address. */
export const OWN_URL = 'https://api.openai.com/v1';

/** A resource of Azure. */
export interface AzureOptions {
  /** Address of the resource, e.g. `https://my-resource.openai.azure.com`. */
  readonly endpoint: string;
  /** A dated version, e.g. `2025-04-01-preview`, for the deployment addresses of old; default: the v1 API, which needs none. */
  readonly apiVersion?: string | undefined;
  /** Name of the deployment; default: the model's. */
  readonly deployment?: string | undefined;
}

/** Where a model is, and the key to it. */
export interface ServerOptions {
  readonly model: string;
  readonly apiKey: string;
  /** Any OpenAI-compatible server; default OpenAI's own. */
  readonly baseUrl?: string;
  /** Instead of `baseUrl`. */
  readonly azure?: AzureOptions;
  /** What answers are held to while they are read. */
  readonly answers?: AnswerLimits;
}

/** A server that models are asked at. */
export interface ModelServer {
  readonly client: OpenAI;
  /** What the server calls the model. */
  readonly model: string;
  readonly baseUrl: string;
  /** OpenAI's own API, one like it at Azure, or one that only says it is. */
  readonly kind: 'openai' | 'azure' | 'compatible';
}

/** The client for a server. One try a call: Temporal owns the retries. */
export function modelServer({ model, apiKey, baseUrl = OWN_URL, azure, answers }: ServerOptions): ModelServer {
  const common = { apiKey, maxRetries: 0, fetch: boundedFetch(answers) };
  if (azure !== undefined) {
    const client = azureClient(azure, common);
    return { client, model: azure.deployment ?? model, baseUrl: client.baseURL, kind: 'azure' };
  }
  const client = new OpenAI({ ...common, baseURL: baseUrl });
  return { client, model, baseUrl, kind: isOwn(baseUrl) ? 'openai' : 'compatible' };
}

/** Whether an address is OpenAI's own; its regions have a word before it, as in `eu.api.openai.com`. */
function isOwn(baseUrl: string): boolean {
  return /^(.+\.)?api\.openai\.com$/.test(new URL(baseUrl).hostname);
}

/** What every client is made with. */
type Common = Pick<ClientOptions, 'maxRetries' | 'fetch'> & { readonly apiKey: string };

/** Azure takes its key in a header of its own. */
function azureClient({ endpoint, apiVersion }: AzureOptions, common: Common): OpenAI {
  const resource = endpoint.replace(/\/+$/, '').replace(/\/openai(\/v1)?$/, '');
  if (apiVersion !== undefined) {
    return new AzureOpenAI({ ...common, apiVersion, baseURL: `${resource}/openai` });
  }
  return new OpenAI({
    ...common,
    baseURL: `${resource}/openai/v1`,
    defaultHeaders: { 'api-key': common.apiKey, authorization: null },
  });
}
