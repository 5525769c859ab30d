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

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** Takes no more requests and its file away; requests in flight are answered. */
  stop(): Promise<void>;
}

/** Serves the gateway on a free port of 127.0.0.1, and says in the data folder where and with which token. */
export async function startGateway(data: string, options: GatewayOptions): Promise<Gateway> {
  const server = createAdaptorServer({ fetch: createApp(options).fetch }) as Server;
  server.listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await writeGatewayFile(data, { port, pid: options.pid, token: options.token });
  return {
    port,
    async stop() {
      await removeGatewayFile(data);
      const closed = new Promise((resolve) => server.close(resolve));
      const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}
