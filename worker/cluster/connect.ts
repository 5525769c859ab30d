import { loadClientConnectConfig } from '@temporalio/envconfig';
import { setTimeout as pause } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { noServerAt } from './target.ts';

export { DEFAULT_ADDRESS, flagsOf, targetOf } from './target.ts';

/**
 * Connects as the Temporal CLI would.
 * @throws Error naming the address and how to start a server.
 */
export async function connect(env: NodeJS.ProcessEnv, address: string): Promise<NativeConnection> {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  try {
    return await NativeConnection.connect({ ...connectionOptions, address });
  } catch (cause) {
    throw new Error(noServerAt(env, address), { cause });
  }
}

/** How often a server that does not answer is asked again, in milliseconds. */
const ASK_EVERY_MS = 1000;

/** Connects as soon as a server answers, however long that takes; says once that it waits, and for what. */
export async function connectWhenThere(
  env: NodeJS.ProcessEnv,
  address: string,
  report: (text: string) => void,
): Promise<NativeConnection> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await connect(env, address);
    } catch (error) {
      if (tries === 0)
        report(`${(error as Error).message}\nWebhooks are taken and kept meanwhile; runs start when it is there.`);
      await pause(ASK_EVERY_MS);
    }
  }
}
