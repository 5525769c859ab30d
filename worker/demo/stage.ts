import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { LoopClient } from '../../client/loop-client.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/names.ts';
import { connect, flagsOf } from '../cluster/connect.ts';
import { chooseLearner } from '../models/learner.ts';
import { pinnedIntents } from '../own-loops/own-loops.ts';
import { databaseReleased } from '../temporal/database-owner.ts';
import { startDevServer, type DevServer } from '../temporal/dev-server.ts';
import { findTemporal } from '../temporal/find.ts';
import { freePort } from '../temporal/ports.ts';
import { triageDataset, type TriageDataset } from '../own-loops/triage-dataset.ts';
import { readRecord, type DemoRecord } from './record.ts';
import type { Screen } from './screen.ts';
import { WorkerProcess } from './worker-process.ts';

/** How to run the demo. */
export interface DemoOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  /** Default 1000, or all there are. */
  readonly messages: number;
  /** Default: a folder that goes when the demo ends. */
  readonly data?: string;
  /** Leave everything up at the end. */
  readonly keep: boolean;
  /** End parked on one message and wait for the person at the terminal. */
  readonly interactive: boolean;
  readonly screen: Screen;
}

/** Everything a demo stands on. */
export interface Stage {
  readonly options: DemoOptions;
  readonly data: string;
  readonly server: DevServer;
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly loops: LoopClient;
  readonly dataset: TriageDataset;
  readonly flags: string;
  worker: WorkerProcess;
  record: DemoRecord;
}

/** Finds or fetches what the demo needs and starts a server and a worker. */
export async function raise(options: DemoOptions): Promise<Stage> {
  const { env, cacheDir, screen } = options;
  const report = (text: string): void => screen.say(text);
  const data = resolve(options.data ?? (await mkdtemp(join(tmpdir(), 'loopwright-demo-'))));
  const dataset = await triageDataset({ env, cacheDir, download: true, report });
  await pinnedIntents(data, () => Promise.resolve(dataset.intents));
  const cli = await findTemporal({ env, cacheDir, report });
  // The learner's weights are fetched here, once, where progress can be seen; the worker finds them in the cache.
  await chooseLearner({ env, cacheDir, report });
  const databaseFile = join(data, 'temporal.db');
  await databaseReleased(databaseFile, report);
  const server = await startDevServer({
    cliPath: cli.path,
    port: await freePort(7233),
    uiPort: await freePort(8233),
    databaseFile,
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: join(data, 'temporal.log'),
    report,
  });
  const worker = await WorkerProcess.start({ env, address: server.address, data });
  const connection = await connect(env, server.address);
  const client = new Client({ connection });
  const loops = new LoopClient(client);
  const flags = flagsOf(server.address, 'default');
  screen.say(
    `Temporal ${server.address}, its UI ${server.ui}; data ${data}; messages: ${dataset.name} (${dataset.from}).`,
  );
  screen.say(
    'The answer key of the data stands in for the human at the gates: it approves what is right and corrects what is not.',
  );
  return { options, data, server, connection, client, loops, dataset, flags, worker, record: readRecord(data) };
}

/** Leaves everything up until somebody ends it. */
export async function kept({ options, data, server, flags }: Stage): Promise<void> {
  options.screen.say(
    `Everything stays up on ${server.address} (UI ${server.ui}), data in ${data}. Try: temporal workflow list${flags}\nCtrl-C ends it.`,
  );
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

/** Takes everything down; a folder that was only for the demo goes too. */
export async function lower({ record, worker, connection, server, data, options }: Stage): Promise<void> {
  record.close();
  await worker.stop();
  await connection.close();
  await server.stop();
  if (options.data === undefined && !options.keep) await rm(data, { recursive: true, force: true });
}
