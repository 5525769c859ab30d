import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Whether a TCP port can be bound on 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  return (await bind(port)) !== undefined;
}

/**
 * `preferred` where it can be bound on 127.0.0.1, else a free port of the system's choice; without `preferred`, always such a one.
 * The port is not kept: whoever is told it must bind it soon, and cope with being too late.
 */
export async function freePort(preferred = 0): Promise<number> {
  const port = (await bind(preferred)) ?? (await bind(0));
  if (port === undefined) throw new Error('No TCP port can be bound on 127.0.0.1.');
  return port;
}

/** Binds and lets go; resolves with the port, or with nothing where that failed. */
function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const bound = (server.address() as AddressInfo).port;
      server.close(() => resolve(bound));
    });
  });
}
