import type { Usage } from '../../store/ports.ts';

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
  complete(request: ModelRequest): Promise<ModelReply>;
}
