import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { runningAddress } from './up-file.ts';
import { flagsOf, noServerAt, targetOf } from './target.ts';

/** How long a server may take to answer the first time, in milliseconds. */
const CONNECT_MS = 5000;

/** A client's connection for one command. */
export interface Connected {
  readonly client: Client;
  readonly address: string;
  /** CLI flags that reach the cluster; empty where the CLI's defaults do. */
  readonly flags: string;
  readonly close: () => Promise<void>;
}

/** The cluster that a command means: the one that TEMPORAL_* or a profile name, else the one of the `up` that runs on the data folder. */
export async function addressFor(env: NodeJS.ProcessEnv, data: string): Promise<string> {
  const target = targetOf(env);
  return target.named ? target.address : ((await runningAddress(data)) ?? target.address);
}

/**
 * Connects a client, without the SDK's native half: a command is up in no time.
 * @throws Error naming the address and how to start a server.
 */
export async function connectClient(env: NodeJS.ProcessEnv, data: string): Promise<Connected> {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  const { namespace } = targetOf(env);
  const address = await addressFor(env, data);
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: CONNECT_MS });
    return {
      client: new Client({ connection, namespace }),
      address,
      flags: flagsOf(address, namespace),
      close: () => connection.close(),
    };
  } catch (cause) {
    throw new Error(noServerAt(env, address), { cause });
  }
}
