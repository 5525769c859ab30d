import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

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
    throw new Error(
      `No Temporal server answers at ${address}. Start everything with \`npm start\`, a server alone with \`loopwright temporal server start-dev\`, or name yours with TEMPORAL_ADDRESS.`,
      { cause },
    );
  }
}
