import { connect as connectTcp } from 'node:net';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DEFAULT_ADDRESS, flagsOf, targetOf } from '../cluster/target.ts';
import { runningAddress } from '../cluster/up-file.ts';
import { once } from '../once.ts';
import { isRefusal } from './grpc.ts';

/** Who says where the server is. */
export type NamedBy = 'settings' | 'up' | 'default';

/** The Temporal server that a worker here would use. */
export type Server =
  /** Nobody names one, and none runs where it would be looked for; `leftover` is where a killed `up` had its own. */
  | { readonly kind: 'none'; readonly leftover?: string }
  | { readonly kind: 'unreachable'; readonly address: string; readonly reason: string }
  /** The settings say something that cannot be used. */
  | { readonly kind: 'misconfigured'; readonly reason: string }
  | {
      readonly kind: 'up';
      readonly address: string;
      readonly version: string;
      readonly namespace: string;
      readonly namedBy: NamedBy;
      readonly connection: Connection;
      /** CLI flags that reach it; empty where the CLI's defaults do. */
      readonly flags: string;
    };

/** The server, looked for once, when somebody first asks. */
export interface ServerFinder {
  /** Never rejects. */
  readonly find: () => Promise<Server>;
  readonly close: () => Promise<void>;
}

/** Where to look for a server. */
export interface ServerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly data: string;
  /** Milliseconds for the whole search. */
  readonly timeoutMs: number;
  /** Address to try when nobody names one; the Temporal CLI's own by default. */
  readonly defaultAddress?: string;
}

/** Finds the server as a worker would: the Temporal CLI's settings, else a running `up` on the data folder, else the usual port. */
export function serverFinder(options: ServerOptions): ServerFinder {
  const find = once(() =>
    findServer(options).catch((error: Error): Server => ({ kind: 'misconfigured', reason: error.message })),
  );
  let asked: Promise<Server> | undefined;
  return {
    find: () => (asked = find()),
    close: async () => {
      const server = await asked;
      if (server?.kind === 'up') await server.connection.close();
    },
  };
}

async function findServer(options: ServerOptions): Promise<Server> {
  const { env, data } = options;
  const end = performance.now() + options.timeoutMs;
  const leftMs = (): number => Math.max(1, end - performance.now());
  const target = targetOf(env);
  if (target.named) return await connect(env, 'settings', target.address, leftMs);
  const running = await runningAddress(data);
  if (running !== undefined && (await refusal(running, leftMs())) === undefined)
    return await connect(env, 'up', running, leftMs);
  const usual = options.defaultAddress ?? DEFAULT_ADDRESS;
  if ((await refusal(usual, leftMs())) === undefined) return await connect(env, 'default', usual, leftMs);
  return { kind: 'none', ...(running === undefined ? {} : { leftover: running }) };
}

async function connect(
  env: NodeJS.ProcessEnv,
  namedBy: NamedBy,
  address: string,
  leftMs: () => number,
): Promise<Server> {
  const refused = await refusal(address, leftMs());
  if (refused !== undefined) return { kind: 'unreachable', address, reason: refused };
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: env as Record<string, string>,
  });
  const connection = Connection.lazy({
    ...connectionOptions,
    address,
    connectTimeout: leftMs(),
    // A worker's connection knows no proxy of the environment either.
    channelArgs: { 'grpc.enable_http_proxy': 0 },
  });
  try {
    await connection.ensureConnected();
    // Connecting forgives a server that does not know this call, which is any that speaks HTTP/2.
    const { serverVersion: version } = await connection.withDeadline(Date.now() + leftMs(), () =>
      connection.workflowService.getSystemInfo({}),
    );
    return { kind: 'up', address, version, namespace, namedBy, connection, flags: flagsOf(address, namespace) };
  } catch (error) {
    await connection.close();
    const { message } = error as Error;
    const reason = isRefusal(error)
      ? `it refuses us (${message}); check TEMPORAL_API_KEY or the TLS certificate`
      : `something listens there, but does not answer as a Temporal server (${message})`;
    return { kind: 'unreachable', address, reason };
  }
}

/** Why nobody can connect to an address by TCP, or nothing where one can: gRPC would only say so when its time is over. */
async function refusal(address: string, timeoutMs: number): Promise<string | undefined> {
  const [, host, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? [];
  return await new Promise((resolve) => {
    const socket = connectTcp({ host: host ?? address, port: Number(port ?? 7233), timeout: timeoutMs });
    const end = (reason?: string): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(`nobody answered within ${(timeoutMs / 1000).toFixed(1)} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => end(inWords(error)));
  });
}

function inWords(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'nothing listens there';
  if (error.code === 'ENOTFOUND') return 'there is no host of this name';
  return error.code ?? error.message;
}
