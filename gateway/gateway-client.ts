import { z } from 'zod';
import { failure } from '../contract/failures.ts';
import { Refusal } from './refusals.ts';

/** Sends a request to a gateway; the path begins with `/api/`. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** Asks a gateway, wherever it is. Each answer is checked. */
export class GatewayClient {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  protected async give<T>(
    method: 'PUT' | 'POST',
    path: string,
    body: object,
    answer: z.ZodType<T>,
    timeoutMs?: number,
  ): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const patience = timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) };
    const response = await this.#send(path, { method, headers, body: JSON.stringify(body), ...patience });
    return await read(response, path, answer);
  }

  protected async get<T>(
    path: string,
    query: Readonly<Record<string, string | number | boolean | undefined>>,
    answer: z.ZodType<T>,
  ): Promise<T> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
    return await read(await this.#send(search.size === 0 ? path : `${path}?${search.toString()}`), path, answer);
  }
}

/** The body of an answer. @throws the gateway's own failure, or `Unexpected` where the answer is not of this version. */
async function read<T>(response: Response, path: string, answer: z.ZodType<T>): Promise<T> {
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    const refused = Refusal.safeParse(body);
    throw new GatewayError(
      refused.success ? refused.data.error.type : 'Unexpected',
      refused.success ? refused.data.error.message : `The gateway answered ${response.status} to ${path}.`,
    );
  }
  const parsed = answer.safeParse(body);
  if (parsed.success) return parsed.data;
  throw failure(
    'Unexpected',
    `The gateway's answer to ${path} is not one of this version:\n${z.prettifyError(parsed.error)}\nRestart the process that owns the data folder with this version.`,
  );
}

/** What a gateway refused, and why. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  /** `NotFound`, `InvalidInput`, `StoreUnavailable`, … */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
