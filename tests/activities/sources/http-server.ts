import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { sourceReader } from '../../../activities/sources/index.ts';
import type { Resolve } from '../../../activities/sources/vetted-connect.ts';
import type { HttpRequest, Part } from '../../../loops/define/index.ts';

/** A real HTTP server on the loopback address, for one test, and who asks it. */
export interface HttpServer {
  readonly port: number;
  readonly url: string;
  /** `method url` of what it was asked. */
  readonly asked: readonly string[];
  readonly stop: () => Promise<void>;
  /** Reads a path of it, or a URL, as an installation that allows its address. */
  readonly read: (path: string, change?: Partial<HttpRequest>) => Promise<readonly Part[]>;
}

/** Starts a server. */
export async function httpServer(
  answer: RequestListener,
  options: { readonly resolve?: Resolve; readonly allowed?: boolean } = {},
): Promise<HttpServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<unknown>((done) => server.close(done));
  };
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const allowPrivate = options.allowed === false ? [] : [`127.0.0.1:${port}`];
  const reader = sourceReader({ allowPrivate }, { path: undefined, ...options });
  const read: HttpServer['read'] = (path, change = {}) =>
    reader.read(asking(URL.canParse(path) ? path : `${url}${path}`, { origins: [url], ...change }), '/', signal());
  return { port, url, asked, stop, read };
}

/** A request with room enough. */
export function asking(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  const bounds = { maxBytes: 100_000, timeoutMs: 5000, reuseForMs: 0 };
  return { kind: 'http', url, origins: [new URL(url).origin], accept: '*/*', ...bounds, ...change };
}

function signal(): AbortSignal {
  return new AbortController().signal;
}
