import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createApp, type GatewayOptions } from './app.ts';
import { removeGatewayFile, writeGatewayFile } from './gateway-file.ts';

/** Never any other: the gateway is for this machine. */
const HOST = '127.0.0.1';

/** How long requests in flight may take once it is to stop, in milliseconds. */
const GRACE_MS = 2000;

/** How long a request may take to come in, in milliseconds. */
const REQUEST_MS = 30_000;

/** How long its headers may take, in milliseconds. */
const HEADERS_MS = 10_000;

/** How often connections are held against that, in milliseconds; Node looks every half minute only. */
const LOOK_EVERY_MS = 2000;

/** Most connections at once. */
const MOST_CONNECTIONS = 500;

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Takes no more requests and its file away; requests in flight are answered. */
  stop(): Promise<void>;
}

/** Port where senders of webhooks and people look first. */
const USUAL_PORT = 7733;

/**
 * Serves the gateway on 127.0.0.1, and says in the data folder where and with which token: on `port`, else on 7733 where
 * that is free, else on any.
 * @throws Error that says so where `port` is taken.
 */
export async function startGateway(data: string, options: GatewayOptions, port?: number): Promise<Gateway> {
  const ended = new AbortController();
  const server = createAdaptorServer({
    fetch: createApp({ ...options, ended: ended.signal }).fetch,
    serverOptions: { connectionsCheckingInterval: LOOK_EVERY_MS },
  }) as Server;
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = HEADERS_MS;
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  await writeGatewayFile(data, { port: bound, pid: options.pid, token: options.token });
  return {
    port: bound,
    url: `http://${HOST}:${bound}`,
    async stop() {
      await removeGatewayFile(data);
      ended.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  try {
    server.listen(port ?? USUAL_PORT, HOST);
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (port !== undefined)
      throw new Error(`Port ${port} of ${HOST} is taken by another program. Name another with --gateway-port.`, {
        cause: error,
      });
    server.listen(0, HOST);
    await once(server, 'listening');
  }
}
