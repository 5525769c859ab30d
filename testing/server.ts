import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';
import { cacheFolder } from '../worker/temporal/cache-folder.ts';
import { startDevServer, type DevServer } from '../worker/temporal/dev-server.ts';
import { findTemporal } from '../worker/temporal/find.ts';
import { freePort } from '../worker/temporal/ports.ts';

/** A server that tests run on. */
export interface TestServer {
  readonly connection: NativeConnection;
  stop(): Promise<void>;
}

/** The server at `address`, or a development server without a web UI whose state goes with it. */
export async function testServer(address: string | undefined, folder: string): Promise<TestServer> {
  quiet();
  if (address !== undefined) {
    const connection = await NativeConnection.connect({ address });
    return { connection, stop: () => connection.close() };
  }
  const { env } = process;
  const report = (text: string): void => void process.stderr.write(`${text}\n`);
  const cli = await findTemporal({ env, cacheDir: cacheFolder(env), report });
  const server = await bareServer(cli.path, folder);
  const connection = await NativeConnection.connect({ address: server.address });
  return {
    connection,
    stop: async () => {
      await connection.close();
      await server.stop();
    },
  };
}

/** A development server on a free port, without a web UI; its log is in the folder, and its state goes with it. */
export async function bareServer(cliPath: string, folder: string): Promise<DevServer> {
  return await startDevServer({
    cliPath,
    port: await freePort(),
    uiPort: 'headless',
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: join(folder, 'temporal.log'),
    report: () => {},
  });
}

/** The SDK logs every start otherwise. Whoever installed a runtime before has decided about that. */
function quiet(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('WARN') });
  } catch {
    // There is one already.
  }
}
