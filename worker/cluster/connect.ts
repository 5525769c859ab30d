import { loadClientConnectConfig } from '@temporalio/envconfig';
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
