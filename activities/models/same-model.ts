import { isLoopback } from './loopback.ts';
import { OWN_URL, type ServerOptions } from './openai-client.ts';

/** What tells whether two models are one. */
export interface ModelIdentity {
  /** The model's id. */
  readonly model: string;
  /** Whose model it is and what that server calls it, by {@link servedAs}; undefined where that is not known. */
  readonly served?: string | undefined;
}

/** A model as its server knows it: the address without its path, and its name there, at Azure the deployment's. */
export function servedAs({ model, baseUrl = OWN_URL, azure }: Omit<ServerOptions, 'apiKey'>): string {
  return `${originOf(azure?.endpoint ?? baseUrl)} ${bare(azure?.deployment ?? model)}`;
}

/**
 * Whether two models are one, so that neither may verify the other: they have one id, wherever they are, or they are one
 * thing at one server, whatever they are called here. Strict, because a model under two names would grade itself.
 */
export function sameModel(one: ModelIdentity, other: ModelIdentity): boolean {
  return bare(one.model) === bare(other.model) || (one.served !== undefined && one.served === other.served);
}

/** Names differ in case nowhere, and Ollama's tag `latest` is what it takes where there is none. */
function bare(name: string): string {
  return name.toLowerCase().replace(/:latest$/, '');
}

function originOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  return isLoopback(url.hostname) ? `${url.protocol}//localhost:${url.port}` : url.origin;
}
