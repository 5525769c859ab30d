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

/**
 * Connects as soon as a server answers, however long that takes; says what it waits for, and again where that changes.
 * Undefined where it was aborted before.
 */
export async function connectWhenThere(
  env: NodeJS.ProcessEnv,
  address: string,
  { report, signal, meanwhile }: { report: (text: string) => void; signal: AbortSignal; meanwhile: string },
): Promise<NativeConnection | undefined> {
  let said = '';
  while (!signal.aborted) {
    try {
      return await connect(env, address);
    } catch (error) {
      const { message, cause } = error as Error;
      const why = `${message} (${(cause as Error | undefined)?.message ?? 'no reason given'})`;
      if (why !== said) report(`${why}\n${meanwhile}`);
      said = why;
      await pause(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
