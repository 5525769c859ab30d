import type { Usage } from '../../store/ports.ts';

/** A call that goes on at its provider whoever waits for it. */
export interface Background {
  /** The response in flight that an earlier try of the call left. */
  readonly response?: string | undefined;
  /** Keeps the response's id before it is waited for. */
  note(response: string): Promise<void>;
  /** Whether another try will pick it up where this one ends: then it must not be cancelled. */
  leave(): Promise<boolean>;
}

/** A question to a model whose answer must be JSON of a schema. */
export interface ModelRequest {
  /** Ours: what to do. */
  readonly instructions: string;
  /** Context, input and feedback, fenced and labelled. */
  readonly prompt: string;
  readonly schemaName: string;
  /** JSON Schema (draft 2020-12) of the answer. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly maxOutputTokens: number;
  /** From 0 to 2; default the server's own. A model that refuses it is asked without. */
  readonly temperature?: number;
  readonly timeoutMs: number;
  /** Aborted when the run is cancelled: the call in flight ends. */
  readonly signal: AbortSignal;
  /** Set where the endpoint says that it works in the background. */
  readonly background?: Background;
}

/** A model's answer, as text: whoever asked validates it. */
export interface ModelReply {
  readonly text: string;
  /** Undefined where the server does not say: then the worst case is booked. */
  readonly usage: Usage | undefined;
  /** Set where this is no answer, and asking once more will ask in another way; it has to be paid for all the same. */
  readonly askAgain?: true;
}

/** A model somewhere. Raises `ModelError.*` failures; after an abort, whatever ended the call. */
export interface ModelEndpoint {
  /** The model's id, e.g. `gpt-5-mini`: its identity for prices and for "nothing grades itself". */
  readonly model: string;
  /** What its server calls it, by `servedAs`: two ids may lead to one model. */
  readonly served?: string;
  /** Set where its calls go on without us and can be picked up again, and how long they may take, in milliseconds. */
  readonly background?: { readonly timeoutMs: number };
  complete(request: ModelRequest): Promise<ModelReply>;
  /** What a response in the background used that nobody waits for any more; `going` where it is not done, unless it is cancelled. */
  recover?(response: string, cancel: boolean): Promise<Usage | 'going' | undefined>;
}
